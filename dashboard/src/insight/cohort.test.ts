import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { Stream } from "@/gen/regiment/v1/client_service_pb";
import { CohortDaySchema } from "@/gen/regiment/v1/insight_service_pb";
import { daily, lastWeeks, weekly } from "./cohort";
import { readSearch } from "./search";

const days = Array.from({ length: 14 }, (_, at) =>
  create(CohortDaySchema, {
    date: `2026-11-${String(at + 1).padStart(2, "0")}`,
    streams: [
      { stream: Stream.MEAL, assigned: 4, done: at < 7 ? 2 : 4 },
      { stream: Stream.CARDIO, assigned: at === 0 ? 0 : 1, done: 0 },
    ],
  }),
);

test("a day's share is of what was asked, and missing where nothing was", () => {
  expect(daily(days, Stream.MEAL)[0]).toEqual({ date: "2026-11-01", value: 50 });
  expect(daily(days, Stream.CARDIO)[0]?.value).toBeNull();
  expect(daily(days)[1]?.value).toBe(40);
});

test("a week's share weighs items, and begins with the days there are", () => {
  const shares = weekly(days, Stream.MEAL).map(({ value }) => value);
  expect(shares.slice(0, 2)).toEqual([50, 50]);
  expect(shares.at(-1)).toBe(100);
});

test("the last week stands beside the one before", () => {
  expect(lastWeeks(days, Stream.MEAL)).toEqual([100, 50]);
  expect(lastWeeks(days.slice(-7), Stream.MEAL)).toEqual([100, null]);
});

test("an address without sense shows the usual span", () => {
  expect(readSearch({ tab: "model", weeks: 26 })).toEqual({ tab: "model", weeks: 26 });
  expect(readSearch({ tab: "money", weeks: 5 })).toEqual({});
});
