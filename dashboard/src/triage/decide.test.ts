import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { CardAction, CardState, DismissReason, JobCardSchema } from "@/gen/regiment/v1/job_card_service_pb";
import {
  acknowledge,
  batches,
  dismiss,
  foreseen,
  leavesMessage,
  moves,
  nextAfter,
  note,
  resolve,
  saidOf,
} from "./decide";

const cards = ["1", "2", "3"].map((id) =>
  create(JobCardSchema, {
    name: `clients/${id}/jobCards/a`,
    displayName: `Client ${id}`,
    state: CardState.OPEN,
  }),
);
const [first, second, third] = cards as [(typeof cards)[0], (typeof cards)[0], (typeof cards)[0]];
const callout = resolve({ case: "callout", value: { text: "Report in." } }, "");
const escalate = resolve({ case: "escalate", value: {} }, "");
const recorded = resolve({ case: "recorded", value: CardAction.NONE }, "");

test("a decision shows at once where the card will stand", () => {
  expect(foreseen(first, acknowledge).state).toBe(CardState.ACKNOWLEDGED);
  expect(foreseen(first, dismiss(DismissReason.KNOWN, ""))).toMatchObject({
    state: CardState.DISMISSED,
    resolved: true,
  });
  expect(foreseen(first, recorded)).toMatchObject({ state: CardState.RESOLVED, resolved: true });
  expect(foreseen(first, note("seen"))).toBe(first);
});

test("an escalated card stays until the admins have acted", () => {
  expect(foreseen(first, escalate)).toMatchObject({ state: CardState.ACKNOWLEDGED, resolved: false });
  expect(saidOf(escalate, [first])).toBe("Escalated Client 1: escalated");
});

test("an announcement names one client, or counts several", () => {
  expect(saidOf(callout, [first])).toBe("Resolved Client 1: spoke to the client");
  expect(saidOf(recorded, cards)).toBe("Resolved 3 cards: nothing was to do");
});

test("only what moves a card can be taken back, and a message stays sent", () => {
  expect([acknowledge, recorded, callout, escalate].map(moves)).toEqual([true, true, true, true]);
  expect(moves(note("seen"))).toBe(false);
  expect([callout, recorded].map(leavesMessage)).toEqual([true, false]);
});

test("the next card that stays is turned to, and the one before where none follows", () => {
  expect(nextAfter(cards, new Set([first.name]), first.name)).toBe(second.name);
  expect(nextAfter(cards, new Set([first.name, second.name]), first.name)).toBe(third.name);
  expect(nextAfter(cards, new Set([third.name]), third.name)).toBe(second.name);
  expect(nextAfter(cards, new Set(cards.map(({ name }) => name)), second.name)).toBeUndefined();
});

test("a batch holds as many as the server takes", () => {
  expect(batches([1, 2, 3], 2)).toEqual([[1, 2], [3]]);
  expect(batches([1, 2], 2)).toEqual([[1, 2]]);
  expect(batches([], 2)).toEqual([]);
});
