import { expect, test } from "vitest";
import { readValue, text } from "./address";

test("an id keeps every digit, however it is written", () => {
  expect(text(readValue("100000000000000001"))).toBe("100000000000000001");
  expect(text(readValue('"100000000000000001"'))).toBe("100000000000000001");
  expect(text(readValue("42"))).toBe("42");
});

test("what is no text is what it says", () => {
  expect(readValue("true")).toBe(true);
  expect(readValue("12")).toBe(12);
});
