import { create } from "@bufbuild/protobuf";
import {
  BlockDaySchema,
  type Exercise,
  type Prescription,
  PrescriptionSchema,
  type TrainingTemplate,
} from "@/gen/regiment/v1/template_service_pb";

/** The most sessions of a week: what the server takes. */
export const MOST_SESSIONS = 7;

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

export const blankExercise: Prescription = create(PrescriptionSchema, {
  sets: 3,
  reps: "8-12",
  restSeconds: 90,
});

/** A block with another list of sessions: they are counted from 1, and so are the days of its week. */
export function withSessions(
  schedule: TrainingTemplate["schedule"],
): Pick<TrainingTemplate, "schedule" | "daysPerWeek"> {
  return {
    schedule: schedule.map((day, place) => ({ ...day, dayIndex: place + 1 })),
    daysPerWeek: schedule.length,
  };
}

export function plusSession(schedule: TrainingTemplate["schedule"]): TrainingTemplate["schedule"] {
  const dayName = `Session ${schedule.length + 1}`;
  return [...schedule, create(BlockDaySchema, { dayName, exercises: [blankExercise] })];
}

/** Turns a weekday on or off, in the order of the week. */
export function toggledDay(days: readonly string[], day: string): string[] {
  return WEEKDAYS.filter((one) => (one === day ? !days.includes(one) : days.includes(one)));
}

/** The exercises of a block as the library knows them, by id or by name, each once. */
export function exercisesOf(
  schedule: TrainingTemplate["schedule"],
  library: readonly Exercise[],
): Exercise[] {
  const find = finder(library);
  return [...new Set(schedule.flatMap((day) => day.exercises.flatMap((one) => find(one) ?? [])))];
}

/** The working sets that one week of a block asks of each muscle group, the most first. */
export function setsByMuscle(
  { schedule, weekOverrides }: Pick<TrainingTemplate, "schedule" | "weekOverrides">,
  library: readonly Exercise[],
  week: number,
): [muscle: string, sets: number][] {
  const find = finder(library);
  const sums = new Map<string, number>();
  for (const one of schedule.flatMap((day) => day.exercises)) {
    const known = find(one);
    if (known) {
      const { exerciseId, muscleGroup } = known;
      const change = weekOverrides.find((other) => other.week === week && other.exerciseId === exerciseId);
      sums.set(muscleGroup, (sums.get(muscleGroup) ?? 0) + (change?.sets ?? one.sets));
    }
  }
  return [...sums].sort(([a, few], [b, many]) => many - few || a.localeCompare(b));
}

function finder(library: readonly Exercise[]): (one: Prescription) => Exercise | undefined {
  const byId = new Map(library.map((one) => [one.exerciseId, one]));
  const byName = new Map(library.map((one) => [one.displayName.toLowerCase(), one]));
  return ({ exercise, exerciseId }) => byId.get(exerciseId) ?? byName.get(exercise.trim().toLowerCase());
}
