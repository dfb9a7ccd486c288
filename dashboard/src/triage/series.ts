import type { Point } from "@/charts/sparkline";
import { shareDone } from "@/charts/strip";
import type { DaySummary } from "@/gen/regiment/v1/client_service_pb";
import { Level, Mood } from "@/gen/regiment/v1/client_service_pb";
import type { Lift } from "@/gen/regiment/v1/log_service_pb";
import { partsOf } from "@/words/flags";

/** What the sparkline beside a flag shows. */
export interface Series {
  title: string;
  points: Point[];
  domain?: readonly [number, number];
}

const OF_WEIGHT = [
  "weight_stall",
  "cut_failure",
  "unreported_gain",
  "bulk_failure",
  "rapid_weight_loss",
  "weight_on_target",
];
const OF_LIFT = ["stalled_lift", "lift_plateau", "personal_record"];

/** Whether a flag is about one exercise. */
export function isAboutLift(flag: string): boolean {
  return OF_LIFT.includes(partsOf(flag).kind);
}

/** The last 28 days of what a flag that is not about an exercise speaks of. */
export function seriesOf(flag: string, days: readonly DaySummary[]): Series {
  const { kind } = partsOf(flag);
  if (OF_WEIGHT.includes(kind)) {
    return {
      title: "Weight, kg",
      points: days.map((day) => ({ date: day.date, value: day.checkin?.weightKg ?? null })),
    };
  }
  if (kind === "mood_drop") {
    return {
      title: "Mood",
      points: days.map((day) => ({ date: day.date, value: moodOf(day) })),
      domain: [1, 3],
    };
  }
  if (kind === "recovery_risk") {
    return {
      title: "Soreness",
      points: days.map((day) => ({ date: day.date, value: soreness(day) })),
      domain: [1, 3],
    };
  }
  return {
    title: "Share done",
    points: days.map((day) => ({ date: day.date, value: shareDone(day) })),
    domain: [0, 1],
  };
}

/** The estimated maximum of each date on which an exercise was done, oldest first. */
export function liftSeries({ sets }: Pick<Lift, "sets">): Series {
  const points = sets.flatMap(({ date, e1rmKg }) => (e1rmKg === undefined ? [] : [{ date, value: e1rmKg }]));
  return { title: "Estimated maximum, kg", points };
}

function moodOf(day: DaySummary): number | null {
  const values: Partial<Record<Mood, number>> = { [Mood.GREAT]: 3, [Mood.OKAY]: 2, [Mood.BAD]: 1 };
  return (day.checkin && values[day.checkin.mood]) ?? null;
}

function soreness(day: DaySummary): number | null {
  const values: Partial<Record<Level, number>> = { [Level.LOW]: 1, [Level.MEDIUM]: 2, [Level.HIGH]: 3 };
  return (day.checkin && values[day.checkin.soreness]) ?? null;
}
