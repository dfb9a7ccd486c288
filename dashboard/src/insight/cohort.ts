import type { Point } from "@/charts/sparkline";
import { adherence } from "@/charts/strip";
import type { Stream } from "@/gen/regiment/v1/client_service_pb";
import type { CohortDay } from "@/gen/regiment/v1/insight_service_pb";

const WEEK = 7;

/** The share that everybody together did of a day's items, in percent: of one stream, or of all. */
export function daily(days: readonly CohortDay[], stream?: Stream): Point[] {
  return days.map((day) => ({ date: day.date, value: percentOf(of(day, stream)) }));
}

/** The same over each day and the six before it. */
export function weekly(days: readonly CohortDay[], stream?: Stream): Point[] {
  return days.map((day, at) => ({
    date: day.date,
    value: percentOf(days.slice(Math.max(0, at + 1 - WEEK), at + 1).flatMap((one) => of(one, stream))),
  }));
}

/** The last week beside the one before it, in percent. */
export function lastWeeks(
  days: readonly CohortDay[],
  stream?: Stream,
): [last: number | null, before: number | null] {
  const part = (from: number, to?: number) =>
    percentOf(days.slice(from, to).flatMap((day) => of(day, stream)));
  return [part(-WEEK), part(-2 * WEEK, -WEEK)];
}

function of({ streams }: CohortDay, stream?: Stream): CohortDay["streams"] {
  return stream === undefined ? streams : streams.filter((one) => one.stream === stream);
}

function percentOf(items: CohortDay["streams"]): number | null {
  const share = adherence(items);
  return share === null ? null : share * 100;
}
