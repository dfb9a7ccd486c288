import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useApi } from "@/api/api";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { CardState } from "@/gen/regiment/v1/job_card_service_pb";
import { headline } from "@/triage/row";
import { keyOf, type View } from "@/triage/search";
import { SeverityBadge } from "@/ui/badge";
import { Empty, Failed, Loading } from "@/ui/empty";
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
    <div className="overflow-x-auto">
      <table className="w-full min-w-[40rem] text-sm">
        <thead>
          <tr className="text-left text-xs text-muted">
            <th className="py-1 font-medium">Date</th>
            <th className="py-1 font-medium">Severity</th>
            <th className="py-1 font-medium">Found</th>
            <th className="py-1 font-medium">From</th>
            <th className="py-1 font-medium">State</th>
          </tr>
        </thead>
        <tbody>
          {cards.data.map((card) => (
            <tr key={card.name} className="border-t border-line align-top">
              <td className="py-1.5 pr-3 whitespace-nowrap">
                <Link
                  to="/triage"
                  search={{ card: keyOf(card.name), view: viewOf(card.state), open: true }}
                  className="underline decoration-line underline-offset-2 hover:decoration-current"
                >
                  {shortDate(card.date)}
                </Link>
              </td>
              <td className="py-1.5 pr-3">
                <SeverityBadge severity={card.severity} />
              </td>
              <td className="py-1.5 pr-3">{headline(card)}</td>
              <td className="py-1.5 pr-3 text-muted">{sourceName[card.source]}</td>
              <td className="py-1.5 text-muted">
                {stateName[card.state]}
                {card.resolution ? `: ${actionDone[card.resolution.action]}` : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function viewOf(state: CardState): View | undefined {
  if (state === CardState.SNOOZED) {
    return "snoozed";
  }
  return state === CardState.RESOLVED || state === CardState.DISMISSED ? "closed" : undefined;
}
