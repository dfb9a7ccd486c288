import { expect, test } from "vitest";
import { ranSaid } from "./trigger";

test("a run by hand says how it ended and what it sent", () => {
  expect(ranSaid({ outcome: "done", messages: 2 }, false)).toBe("It has run: done, 2 messages.");
  expect(ranSaid({ outcome: "nothing_due", messages: 0 }, false)).toBe(
    "It has run: nothing due, 0 messages.",
  );
});

test("nothing is said to be sent again that was not there", () => {
  expect(ranSaid({ outcome: "done", messages: 1 }, true)).toBe("Sent again: 1 message.");
  expect(ranSaid({ outcome: "skipped_late", messages: 0 }, true)).toBe(
    "Nothing was there to send again: skipped late.",
  );
});
