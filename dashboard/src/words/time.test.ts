import { expect, test } from "vitest";
import { ago, daysBetween, here, localClock, plusDays, shortDate, span, tomorrowAt } from "./time";

test("dates move over months and years without a clock", () => {
  expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(plusDays("2026-03-01", -1)).toBe("2026-02-28");
  expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
});

test("a date says its year only when it is another one", () => {
  expect(shortDate("2026-11-23", "2026-01-01")).toBe("Mon 23 Nov");
  expect(shortDate("2025-11-24", "2026-01-01")).toBe("Mon 24 Nov 2025");
  expect(shortDate("")).toBe("");
});

test("a span of one day is that day", () => {
  expect(span("2026-11-23", "2026-11-23")).toBe("23 Nov");
  expect(span("2026-11-17", "2026-11-23")).toBe("17 Nov to 23 Nov");
});

test.each([
  [-30, "just now"],
  [60, "1 min ago"],
  [3_599, "60 min ago"],
  [3_600, "1 h ago"],
  [86_400, "1 d ago"],
  [-2_400, "in 40 min"],
])("%d seconds ago is %s", (seconds, expected) => {
  const now = new Date("2026-11-23T12:00:00Z");
  expect(ago(new Date(now.getTime() - seconds * 1000), now)).toBe(expected);
});

test("tomorrow is the client's, not the coach's", () => {
  // 23:30 in UTC is the next day already in Kathmandu.
  const now = new Date("2026-11-23T23:30:00Z");
  expect(localClock(now, 20_700)).toBe("05:15");
  expect(tomorrowAt(now, 20_700, "06:00").toISOString()).toBe("2026-11-25T00:15:00.000Z");
  expect(tomorrowAt(now, -18_000, "06:00").toISOString()).toBe("2026-11-24T11:00:00.000Z");
});

test("an instant is told by the reader's own clock", () => {
  const then = new Date("2026-11-23T23:30:05Z");
  expect(here(then, "Asia/Kathmandu")).toBe("Tue 24 Nov 2026, 05:15:05");
  expect(here(then, "America/New_York")).toBe("Mon 23 Nov 2026, 18:30:05");
});
