import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { JobCardSchema } from "@/gen/regiment/v1/job_card_service_pb";
import { inHand, step, toggled } from "./hand";

const cards = ["a", "b", "c"].map((name) => create(JobCardSchema, { name }));

test("a step stops at the ends, and begins at the top", () => {
  expect([step(cards, "a", 1), step(cards, "c", 1), step(cards, "a", -1), step(cards, "gone", 1)]).toEqual([
    "b",
    "c",
    "a",
    "a",
  ]);
  expect(step([], "a", 1)).toBe("");
});

test("a card is chosen by a first press and let go by a second", () => {
  const once = toggled(new Set(), "a");
  expect([...once]).toEqual(["a"]);
  expect([...toggled(once, "a")]).toEqual([]);
});

test("a decision is about the chosen cards, and about the one in hand where none is", () => {
  expect(inHand(cards, new Set(["c", "gone"]), cards[0]).map(({ name }) => name)).toEqual(["c"]);
  expect(inHand(cards, new Set(), cards[1]).map(({ name }) => name)).toEqual(["b"]);
  expect(inHand(cards, new Set(), undefined)).toEqual([]);
});
