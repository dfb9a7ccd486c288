import { expect, test } from "vitest";
import { type Binding, chord, interpret, isBare, written } from "./keyboard";

const bare = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

function binding(keys: string): Binding {
  return { keys, label: keys, group: "Test", run: () => {} };
}

test.each([
  [{ ...bare, key: "j" }, "j"],
  [{ ...bare, key: "J", shiftKey: true }, "shift+j"],
  [{ ...bare, key: "J" }, "j"],
  [{ ...bare, key: "?", shiftKey: true }, "?"],
  [{ ...bare, key: "k", ctrlKey: true }, "mod+k"],
  [{ ...bare, key: "k", metaKey: true }, "mod+k"],
  [{ ...bare, key: "Enter" }, "enter"],
])("%o is written %s", (press, expected) => {
  expect(chord(press)).toBe(expected);
});

test("a sequence waits for its second key", () => {
  const bindings = [binding("g t"), binding("g c"), binding("j")];
  expect(interpret(bindings, "", "g")).toEqual({ kind: "wait", pending: "g" });
  expect(interpret(bindings, "g", "c")).toEqual({ kind: "run", binding: bindings[1] });
});

test("a key that ends no sequence stands for itself", () => {
  const bindings = [binding("g t"), binding("j")];
  expect(interpret(bindings, "g", "j")).toEqual({ kind: "run", binding: bindings[1] });
  expect(interpret(bindings, "g", "q")).toEqual({ kind: "none" });
});

test("the binding that came last wins", () => {
  const bindings = [binding("e"), binding("e")];
  const outcome = interpret(bindings, "", "e");
  expect(outcome.kind === "run" && outcome.binding === bindings[1]).toBe(true);
});

test("only keys without a modifier can be turned off", () => {
  expect(["j", "g t", "shift+j", "?"].map(isBare)).toEqual([true, true, true, true]);
  expect(["mod+k", "enter", "escape"].map(isBare)).toEqual([false, false, false]);
});

test("keys are written as the machine's keyboard shows them", () => {
  expect(written("mod+k", true)).toEqual(["⌘K"]);
  expect(written("mod+k", false)).toEqual(["Ctrl K"]);
  expect(written("g t", false)).toEqual(["G", "T"]);
});
