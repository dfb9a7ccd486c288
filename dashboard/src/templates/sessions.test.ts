import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ExerciseSchema, TrainingTemplateSchema } from "@/gen/regiment/v1/template_service_pb";
import { exercisesOf, plusSession, setsByMuscle, toggledDay, withSessions } from "./sessions";

const exercises = [
  create(ExerciseSchema, { exerciseId: "ex_bp_001", displayName: "Bench Press", muscleGroup: "chest" }),
  create(ExerciseSchema, { exerciseId: "ex_row_001", displayName: "Barbell Row", muscleGroup: "back" }),
];
const block = create(TrainingTemplateSchema, {
  schedule: [
    {
      dayIndex: 1,
      exercises: [
        { exerciseId: "ex_bp_001", sets: 4 },
        { exercise: "barbell row ", sets: 3 },
      ],
    },
    {
      dayIndex: 2,
      exercises: [
        { exerciseId: "ex_bp_001", sets: 4 },
        { exercise: "Something", sets: 9 },
      ],
    },
  ],
  weekOverrides: [{ week: 4, exerciseId: "ex_bp_001", sets: 2, reps: "5" }],
});

test("a week's sets are counted by muscle, by id or by name, and an unknown exercise counts for none", () => {
  expect(setsByMuscle(block, exercises, 1)).toEqual([
    ["chest", 8],
    ["back", 3],
  ]);
});

test("a week that prescribes something else is counted as it does", () => {
  expect(setsByMuscle(block, exercises, 4)).toEqual([
    ["chest", 4],
    ["back", 3],
  ]);
});

test("the exercises of a block are each listed once", () => {
  expect(exercisesOf(block.schedule, exercises).map(({ exerciseId }) => exerciseId)).toEqual([
    "ex_bp_001",
    "ex_row_001",
  ]);
});

test("sessions are counted anew when one is added or goes", () => {
  const more = withSessions(plusSession(block.schedule));
  expect(more.daysPerWeek).toBe(3);
  const less = withSessions(more.schedule.slice(1));
  expect(less.schedule.map(({ dayIndex }) => dayIndex)).toEqual([1, 2]);
  expect(less.daysPerWeek).toBe(2);
});

test("weekdays stand in the order of the week", () => {
  expect(toggledDay(["mon", "fri"], "wed")).toEqual(["mon", "wed", "fri"]);
  expect(toggledDay(["mon", "wed", "fri"], "mon")).toEqual(["wed", "fri"]);
});
