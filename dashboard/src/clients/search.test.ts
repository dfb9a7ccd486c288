import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ClientSchema, ClientStatus, Goal } from "@/gen/regiment/v1/client_service_pb";
import { counts, doneOver, drop, groupOf, readSearch, shown } from "./search";

function client(
  userId: string,
  of: Partial<{
    status: ClientStatus;
    paused: boolean;
    goal: Goal;
    openCards: number;
    need: number;
    flags: string[];
    week: number;
  }>,
) {
  const {
    status = ClientStatus.ACTIVE,
    paused = false,
    goal = Goal.CUT,
    openCards = 0,
    need = -1,
    flags = [],
    week = 4,
  } = of;
  const days = Array.from({ length: 28 }, (_, day) => ({ assigned: 4, done: day < 21 ? 4 : week }));
  return create(ClientSchema, {
    userId,
    displayName: `Client ${userId}`,
    status,
    paused,
    goal,
    summary: { openCards, need, flags, days },
  });
}

const all = [
  client("1", {}),
  client("2", { openCards: 1, need: 2.4, flags: ["lift_plateau:ex_bp_001"] }),
  client("3", { paused: true, openCards: 1 }),
  client("4", { status: ClientStatus.PENDING, paused: true }),
  client("5", { status: ClientStatus.ARCHIVED }),
  client("6", { openCards: 2, need: 6.1, goal: Goal.BULK, week: 1 }),
];

test("every client belongs to one group", () => {
  expect(all.map(groupOf)).toEqual(["track", "attention", "paused", "pending", "archived", "attention"]);
  expect(counts(all)).toEqual({ attention: 2, track: 1, paused: 1, pending: 1, archived: 1 });
});

test("those who need the coach most come first, and archived ones only where asked for", () => {
  expect(shown(all, {}).map(({ userId }) => userId)).toEqual(["6", "2", "1", "3", "4"]);
  expect(shown(all, { group: "archived" }).map(({ userId }) => userId)).toEqual(["5"]);
});

test("a flag is found whatever it is about", () => {
  expect(shown(all, { flag: "lift_plateau" }).map(({ userId }) => userId)).toEqual(["2"]);
  expect(shown(all, { flag: "lift" })).toEqual([]);
});

test("filters hold together", () => {
  expect(shown(all, { goal: "bulk", q: "CLIENT 6" }).map(({ userId }) => userId)).toEqual(["6"]);
  expect(shown(all, { goal: "cut", q: "6" })).toEqual([]);
  expect(shown(all, { sort: "adherence" })[0]?.userId).toBe("6");
});

test("a drop is what last week lacks to the month", () => {
  const [fell] = all.slice(-1);
  expect(fell && doneOver(fell, 7)).toBe(0.25);
  expect(fell && drop(fell)).toBeCloseTo(0.5625, 4);
  expect(drop(create(ClientSchema, {}))).toBeNull();
});

test("an address with unknown words is read without them", () => {
  expect(readSearch({ group: "attention", goal: "fly", sort: "constructor", q: 7 })).toEqual({
    group: "attention",
    q: "7",
  });
});
