import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { CardState, JobCardSchema, Severity } from "@/gen/regiment/v1/job_card_service_pb";
import { belongs, keyOf, readSearch, requestOf, speaksOf } from "./search";

test("an address keeps what is known and drops the rest", () => {
  expect(
    readSearch({ view: "snoozed", severity: "high", open: true, card: "42/7", q: 42, theme: "x" }),
  ).toEqual({
    view: "snoozed",
    severity: "high",
    open: true,
    card: "42/7",
    q: "42",
  });
  expect(readSearch({ view: "toString", severity: "awful", flag: "", open: "yes" })).toEqual({});
});

test("without a word about it, cards that wait are asked for, worst first", () => {
  expect(requestOf({})).toEqual({
    states: [CardState.OPEN, CardState.ACKNOWLEDGED],
    sources: [],
    minSeverity: Severity.UNSPECIFIED,
    flags: [],
    orderBy: "need",
  });
  expect(requestOf({ view: "closed" }).orderBy).toBe("date desc");
});

test("a card is found by name, alias, id or summary, in any case of letters", () => {
  const card = create(JobCardSchema, {
    client: "clients/4217",
    displayName: "Ada Stone",
    alias: "Falcon",
    summary: "Two check-ins missing",
  });
  expect(["ADA", "falc", "421", " check-in "].map((query) => speaksOf(card, query))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(speaksOf(card, "eagle")).toBe(false);
});

test("a card has a short name in the address", () => {
  expect(keyOf("clients/42/jobCards/0197")).toBe("42/0197");
  expect(belongs({ state: CardState.SNOOZED }, [CardState.OPEN])).toBe(false);
});
