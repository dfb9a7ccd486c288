import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useApi } from "@/api/api";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { CardState } from "@/gen/regiment/v1/job_card_service_pb";
import { headline } from "@/triage/row";
import { keyOf, type View } from "@/triage/search";
import { SeverityBadge } from "@/ui/badge";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Table } from "@/ui/table";
import { actionDone, sourceName, stateName } from "@/words/names";
import { shortDate } from "@/words/time";

const ALL = [
  CardState.OPEN,
  CardState.ACKNOWLEDGED,
  CardState.SNOOZED,
  CardState.RESOLVED,
  CardState.DISMISSED,
  CardState.MERGED,
];

/** Every card of a client, the newest first. */
export function CardsTab({ client }: { client: Client }) {
  const api = useApi();
  const cards = useQuery({
    queryKey: ["cards", "of", client.userId],
    queryFn: async ({ signal }) =>
      (
        await api.cards.listJobCards(
          { parent: client.name, states: ALL, orderBy: "date desc", pageSize: 200 },
          { signal },
        )
      ).jobCards,
  });
  if (cards.isPending) {
    return <Loading what="the cards" />;
  }
  if (cards.isError) {
    return <Failed error={cards.error} retry={() => cards.refetch()} />;
  }
  if (cards.data.length === 0) {
    return (
      <Empty title="No card yet.">Every client gets one with the weekly scan, good weeks included.</Empty>
    );
  }
  return (
    <Table label="Cards" columns={["Date", "Severity", "Found", "From", "State"]} minWidth="40rem">
      {cards.data.map((card) => (
        <tr key={card.name} className="align-top">
          <td className="whitespace-nowrap">
            <Link
              to="/triage"
              search={{ card: keyOf(card.name), view: viewOf(card.state), open: true }}
              className="underline decoration-line underline-offset-2 hover:decoration-current"
            >
              {shortDate(card.date)}
            </Link>
          </td>
          <td>
            <SeverityBadge severity={card.severity} />
          </td>
          <td>{headline(card)}</td>
          <td className="text-muted">{sourceName[card.source]}</td>
          <td className="text-muted">
            {stateName[card.state]}
            {card.resolution ? `: ${actionDone[card.resolution.action]}` : ""}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function viewOf(state: CardState): View | undefined {
  if (state === CardState.SNOOZED) {
    return "snoozed";
  }
  return state === CardState.RESOLVED || state === CardState.DISMISSED ? "closed" : undefined;
}
