import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";
import { LineChart } from "@/charts/line";
import { Sparkline } from "@/charts/sparkline";
import { useLifts } from "@/clients/summary";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import type { DatedSet, Lift } from "@/gen/regiment/v1/log_service_pb";
import { liftSeries } from "@/triage/series";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Table } from "@/ui/table";
import { change, number, percent } from "@/words/figures";
import { dayMonth } from "@/words/time";
import { Honors } from "./honors";
import { Standing } from "./standing";
import { type Morning, mornings } from "./trends";

/** How many days of weight are shown. */
const DAYS = 84;

/** Weight, mornings, lifts and standing. */
export function OverviewTab({ client }: { client: Client }) {
  const lifts = useLifts(client.userId);
  const days = client.summary?.days ?? [];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-8 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-8">
        <Weight client={client} />
        <Mornings mornings={mornings(days)} />
        <section>
          <h3 className="mb-2 font-medium">Lifts</h3>
          {lifts.data && lifts.data.length > 0 ? (
            <Lifts lifts={lifts.data} />
          ) : (
            <p className="text-sm text-muted">
              {lifts.isPending ? "Loading the lifts…" : "No top set was logged yet."}
            </p>
          )}
        </section>
      </div>
      <div className="grid content-start gap-8">
        <Standing client={client} />
        <Honors client={client} />
      </div>
    </div>
  );
}

function Weight({ client }: { client: Client }) {
  const api = useApi();
  const weight = useQuery({
    queryKey: ["logs", client.userId, "weight", DAYS],
    queryFn: ({ signal }) => api.logs.getWeightTrend({ client: client.name, days: DAYS }, { signal }),
    staleTime: 30_000,
  });
  if (weight.isPending) {
    return <Loading what="the weight" />;
  }
  if (!weight.data) {
    return <Failed error={weight.error} retry={() => weight.refetch()} />;
  }
  const { points, trend, missing } = weight.data;
  if (points.every(({ weightKg }) => weightKg === undefined)) {
    return <Empty title="No weigh-in yet.">Weights come with the morning check-in.</Empty>;
  }
  const first = points.findIndex(({ weightKg }) => weightKg !== undefined);
  const shown = points.slice(first);
  return (
    <section>
      <LineChart
        title="Weight"
        unit="kg"
        points={shown.map(({ date, weightKg }) => ({ date, value: weightKg ?? null }))}
        line={shown.map(({ date, levelKg }) => ({ date, value: levelKg ?? null }))}
        band={shown.flatMap(({ date, levelKgLow: low, levelKgHigh: high }) =>
          low === undefined || high === undefined ? [] : [{ date, low, high }],
        )}
      />
      <p className="mt-1 text-sm text-muted">
        {trend
          ? `Level ${number(trend.levelKg, 1)} kg, drifting ${change(trend.kgPerWeek, 2)} kg a week (${change(trend.kgPerWeekLow, 2)} to ${change(trend.kgPerWeekHigh, 2)}). Standing still with a probability of ${percent(trend.probabilityFlat)}.`
          : `No drift is given yet: ${missing}.`}
      </p>
    </section>
  );
}

const ROWS: { key: keyof Omit<Morning, "date">; label: string; words: [string, string, string] }[] = [
  { key: "mood", label: "Mood", words: ["bad", "okay", "great"] },
  { key: "sleep", label: "Sleep", words: ["4 h", "6 h", "8 h"] },
  { key: "calm", label: "Stress", words: ["high", "medium", "low"] },
  { key: "fresh", label: "Soreness", words: ["high", "medium", "low"] },
];

const FILLS = ["fill-critical", "fill-medium", "fill-good"];
const CELL = 12;

function Mornings({ mornings }: { mornings: readonly Morning[] }) {
  const width = mornings.length * CELL;
  return (
    <section>
      <h3 className="mb-2 font-medium">
        Mornings{" "}
        <span className="font-normal text-muted">
          since {dayMonth(mornings[0]?.date ?? "1970-01-01")}; taller is better
        </span>
      </h3>
      <div className="grid gap-1.5">
        {ROWS.map(({ key, label, words }) => {
          const counted = words.map(
            (word, level) => `${mornings.filter((one) => one[key] === level + 1).length} ${word}`,
          );
          return (
            <div
              key={key}
              className="grid grid-cols-[4.5rem_minmax(0,1fr)] items-center gap-x-3 text-sm sm:grid-cols-[4.5rem_minmax(0,1fr)_11.5rem]"
            >
              <span className="text-muted">{label}</span>
              <svg
                role="img"
                aria-label={`${label}: ${counted.join(", ")}`}
                viewBox={`0 0 ${width} 18`}
                className="max-h-5 w-full"
                preserveAspectRatio="xMinYMid meet"
              >
                {mornings.map((one, index) => {
                  const level = one[key];
                  return level === null ? (
                    <circle key={one.date} cx={index * CELL + 4.5} cy={16} r={1} className="fill-line" />
                  ) : (
                    <rect
                      key={one.date}
                      x={index * CELL}
                      y={18 - level * 6}
                      width={CELL - 2}
                      height={level * 6}
                      rx={1}
                      className={FILLS[level - 1]}
                    >
                      <title>{`${dayMonth(one.date)}: ${words[level - 1]}`}</title>
                    </rect>
                  );
                })}
              </svg>
              <span className="text-xs text-muted max-sm:col-start-2 sm:text-right">
                {counted.join(" · ")}
              </span>
            </div>
          );
        })}
      </div>
    </section>
  );
}

function Lifts({ lifts }: { lifts: readonly Lift[] }) {
  return (
    <Table
      label="Lifts"
      columns={[
        "Exercise",
        "Estimated maximum",
        { label: "Last", look: "right" },
        { label: "Record", look: "right" },
        { label: "Trend a week", look: "right" },
      ]}
    >
      {lifts.map((lift) => {
        const { points } = liftSeries(lift);
        return (
          <tr key={lift.exerciseId}>
            <td>{lift.exercise}</td>
            <td className="w-52">
              {points.length > 1 ? (
                <Sparkline
                  title={`Estimated maximum of ${lift.exercise}`}
                  description={points
                    .map(({ date, value }) => `${dayMonth(date)} ${number(value ?? 0, 1)} kg`)
                    .join(", ")}
                  points={points}
                  marked={lift.best ? [lift.best.date] : []}
                />
              ) : null}
            </td>
            <td className="text-right whitespace-nowrap">{setSaid(lift.last)}</td>
            <td className="text-right whitespace-nowrap">
              {setSaid(lift.best)}
              {lift.best?.e1rmKg === undefined ? null : (
                <span className="block text-xs text-muted">{number(lift.best.e1rmKg, 1)} kg estimated</span>
              )}
            </td>
            <td
              className={`text-right whitespace-nowrap ${(lift.trend?.percentPerWeekHigh ?? 1) < 0 ? "text-high" : ""}`}
            >
              {lift.trend ? (
                <>
                  {change(lift.trend.percentPerWeek, 2)}%
                  <span className="block text-xs text-muted">
                    {change(lift.trend.percentPerWeekLow, 2)} to {change(lift.trend.percentPerWeekHigh, 2)}
                  </span>
                </>
              ) : (
                <span className="text-muted">–</span>
              )}
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

function setSaid(set: DatedSet | undefined): string {
  return set?.topSet ? `${number(set.topSet.weightKg, 1)} × ${set.topSet.reps}, ${dayMonth(set.date)}` : "–";
}
