import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { DaySummarySchema, Level, Mood } from "@/gen/regiment/v1/client_service_pb";
import { LiftSchema } from "@/gen/regiment/v1/log_service_pb";
import { isAboutLift, liftSeries, seriesOf } from "./series";

const days = [
  create(DaySummarySchema, {
    date: "2026-11-22",
    assigned: 4,
    done: 3,
    checkin: { weightKg: 81.4, mood: Mood.BAD, soreness: Level.HIGH },
  }),
  create(DaySummarySchema, { date: "2026-11-23" }),
];

test.each([
  ["weight_stall", [81.4, null]],
  ["mood_drop", [1, null]],
  ["recovery_risk", [3, null]],
  ["soft_compliance", [0.75, null]],
])("%s is shown by what it is about", (flag, values) => {
  expect(seriesOf(flag, days).points.map(({ value }) => value)).toEqual(values);
});

test("a lift is shown by its estimated maxima, and a set without added weight has none", () => {
  const lift = create(LiftSchema, {
    sets: [{ date: "2026-11-03", e1rmKg: 99.2 }, { date: "2026-11-07" }, { date: "2026-11-10", e1rmKg: 105 }],
  });
  expect(liftSeries(lift).points).toEqual([
    { date: "2026-11-03", value: 99.2 },
    { date: "2026-11-10", value: 105 },
  ]);
  expect([isAboutLift("stalled_lift:ex_bp_001"), isAboutLift("cut_failure")]).toEqual([true, false]);
});
