import { expect, test } from "vitest";
import { chainSaid, short } from "./chain";

const whole = { headSequence: 12n, verifiedSequence: 12n, fault: "" };

test("a chain that held says how much of it did, and when", () => {
  expect(chainSaid(whole, "2 h ago")).toBe("12 links, all of which held 2 h ago");
  expect(chainSaid({ ...whole, headSequence: 1n, verifiedSequence: 1n }, "2 h ago")).toBe(
    "1 link, all of which held 2 h ago",
  );
  expect(chainSaid({ ...whole, verifiedSequence: 9n }, "2 h ago")).toBe(
    "12 links: the first 9 held 2 h ago, 3 came since",
  );
});

test("a chain that nobody has looked at is not said to hold", () => {
  expect(chainSaid({ ...whole, verifiedSequence: 0n }, "")).toBe(
    "12 links, not looked at yet: that is done every day",
  );
});

test("a broken chain says where", () => {
  const fault = "the audit chain is broken at link 7: its hash is another";
  expect(chainSaid({ ...whole, verifiedSequence: 6n, fault }, "2 h ago")).toBe(
    "The audit chain is broken at link 7: its hash is another (looked at 2 h ago)",
  );
});

test("only what is too long is shortened", () => {
  expect(short("practice")).toBe("practice");
  expect(short("0123456789ab")).toBe("0123456789ab");
  expect(short("0123456789abc")).toBe("0123456789…");
});
