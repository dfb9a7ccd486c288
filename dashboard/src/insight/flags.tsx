import { useQuery } from "@tanstack/react-query";
import { Flag } from "lucide-react";
import { useApi } from "@/api/api";
import type { FlagWeek } from "@/gen/regiment/v1/insight_service_pb";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Table } from "@/ui/table";
import { percent } from "@/words/figures";
import { says } from "@/words/flags";
import { severityName } from "@/words/names";
import { dayMonth } from "@/words/time";
import { LONG, RARELY, type Span } from "./span";

/** What the weekly scans raised, Sunday by Sunday. */
export function FlagsTab({ span }: { span: Span }) {
  const api = useApi();
  const history = useQuery({
    queryKey: ["insight", "flags", span],
    queryFn: async ({ signal }) => (await api.insight.getFlagHistory(span, { signal, ...LONG })).weeks,
    ...RARELY,
  });
  if (history.isPending) {
    return <Loading what="the flags" />;
  }
  if (!history.data) {
    return <Failed error={history.error} retry={() => history.refetch()} />;
  }
  const weeks = history.data;
  if (weeks.length === 0) {
    return (
      <Empty Icon={Flag} title="No weekly scan yet.">
        The scan runs on Sunday at 22:00 UTC.
      </Empty>
    );
  }
  const most = Math.max(...weeks.flatMap(({ flags }) => flags.map(({ cards }) => cards)), 1);
  return (
    <Table
      label="Cards with each flag, by Sunday"
      columns={["Flag", ...weeks.map(({ date }) => ({ label: dayMonth(date), look: "right" as const }))]}
      minWidth={`${14 + 4 * weeks.length}rem`}
    >
      <tr className="font-medium">
        <td>Clients with a flag</td>
        {weeks.map(({ date, flagged, scanned, severities }) => (
          <td
            key={date}
            className="text-right"
            title={severities.map(({ severity, cards }) => `${cards} ${severityName[severity]}`).join(", ")}
          >
            {scanned === 0 ? "–" : percent(flagged / scanned)}
          </td>
        ))}
      </tr>
      {ordered(weeks).map((flag) => (
        <tr key={flag}>
          <td className="whitespace-nowrap">{says(flag)}</td>
          {weeks.map((week) => {
            const cards = cardsOf(week, flag);
            return (
              <td
                key={week.date}
                className="text-right"
                style={{
                  background: `color-mix(in oklch, var(--chart) ${Math.round((cards / most) * 30)}%, transparent)`,
                }}
              >
                {cards || <span className="text-muted">·</span>}
              </td>
            );
          })}
        </tr>
      ))}
    </Table>
  );
}

/** The flags that were raised at all, the most frequent first. */
export function ordered(weeks: readonly FlagWeek[]): string[] {
  const sums = new Map<string, number>();
  for (const { flag, cards } of weeks.flatMap(({ flags }) => flags)) {
    sums.set(flag, (sums.get(flag) ?? 0) + cards);
  }
  return [...sums].sort(([a, few], [b, many]) => many - few || a.localeCompare(b)).map(([flag]) => flag);
}

function cardsOf({ flags }: FlagWeek, flag: string): number {
  return flags.find((one) => one.flag === flag)?.cards ?? 0;
}
