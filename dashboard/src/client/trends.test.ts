import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { DaySummarySchema, Level, Mood, Sleep } from "@/gen/regiment/v1/client_service_pb";
import { mornings } from "./trends";

test("stress and soreness are turned round, so that high is good everywhere", () => {
  const days = [
    create(DaySummarySchema, {
      date: "2026-11-01",
      checkin: { mood: Mood.BAD, sleep: Sleep.SLEEP_8H, stress: Level.HIGH, soreness: Level.LOW },
    }),
    create(DaySummarySchema, { date: "2026-11-02" }),
  ];
  expect(mornings(days)).toEqual([
    { date: "2026-11-01", mood: 1, sleep: 3, calm: 1, fresh: 3 },
    { date: "2026-11-02", mood: null, sleep: null, calm: null, fresh: null },
  ]);
});
