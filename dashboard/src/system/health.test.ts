import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { duration, lagTone, seconds } from "./health";
import { readSearch } from "./search";

test("a duration keeps its parts of a second", () => {
  expect(seconds(create(DurationSchema, { seconds: 3n, nanos: 500_000_000 }))).toBe(3.5);
  expect(seconds(undefined)).toBe(0);
});

test.each([
  [0, "0 s"],
  [89, "89 s"],
  [90, "2 min"],
  [5_399, "90 min"],
  [5_400, "2 h"],
  [172_800, "2 d"],
])("%d seconds are %s", (given, expected) => {
  expect(duration(given)).toBe(expected);
});

test("a lag is late from 5 seconds on, and wrong from a minute on", () => {
  expect([4.9, 5, 59, 60].map(lagTone)).toEqual(["good", "warn", "warn", "bad"]);
});

test("an address without sense shows the status", () => {
  expect(readSearch({ tab: "policy", state: "lost", closed: "true" })).toEqual({ tab: "policy" });
});
