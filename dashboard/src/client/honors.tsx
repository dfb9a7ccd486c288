import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { Ranking } from "@/gen/regiment/v1/honors_service_pb";
import { Failed } from "@/ui/empty";
import { number } from "@/words/figures";
import { shortDate } from "@/words/time";

/** How many weekly boards back are looked through. */
const N_BOARDS = 12;

const SAYS: Record<Ranking, (score: number) => string> = {
  [Ranking.UNSPECIFIED]: () => "",
  [Ranking.STREAK]: (score) => `streak of ${number(score, 0)} days`,
  [Ranking.PERSONAL_RECORDS]: (score) => `${number(score, 0)} personal records`,
  [Ranking.WEIGHT_ON_TARGET]: (score) => `weight ${number(score, 2)} points off the goal's middle`,
};

/** The places of a client on the weekly boards. Only who agreed is ever on one. */
export function Honors({ client }: { client: Client }) {
  const api = useApi();
  const boards = useQuery({
    queryKey: ["clients", "boards"],
    queryFn: async ({ signal }) => (await api.honors.listBoards({ pageSize: N_BOARDS }, { signal })).boards,
  });
  if (boards.isError && !boards.data) {
    return <Failed error={boards.error} retry={() => boards.refetch()} />;
  }
  const places = (boards.data ?? []).flatMap(({ date, lists }) =>
    lists.flatMap(({ ranking, places }) =>
      places
        .filter((place) => place.client === client.name)
        .map(({ rank, score }) => ({ date, ranking, rank, score })),
    ),
  );
  return (
    <section>
      <h3 className="mb-1 font-medium">Honors</h3>
      <p className="text-sm text-muted">
        {client.honorsOptIn
          ? `Agreed to be named${client.alias ? ` as ${client.alias}` : ""} on the weekly board.`
          : "Has not agreed to be named, and so is on no board."}
      </p>
      {client.honorsOptIn && places.length === 0 && boards.data ? (
        <p className="mt-1 text-sm text-muted">No place on the last {N_BOARDS} boards.</p>
      ) : null}
      <ul className="mt-2 text-sm">
        {places.map(({ date, ranking, rank, score }) => (
          <li key={`${date} ${ranking}`} className="flex gap-3 border-t border-line py-1.5">
            <span className="w-24 text-muted">{shortDate(date)}</span>
            <span className="w-12 font-medium">No. {rank}</span>
            {SAYS[ranking](score)}
          </li>
        ))}
      </ul>
    </section>
  );
}
