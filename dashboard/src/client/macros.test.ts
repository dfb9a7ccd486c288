import { expect, test } from "vitest";
import { energy, type Grams, withMacro } from "./macros";

const grams: Grams = { protein: 160, carbs: 220, fats: 70 };

test("energy counts 4, 4 and 9", () => {
  expect(energy(grams)).toBe(2150);
});

test("an unlocked macro moves alone, within what the server takes", () => {
  expect(withMacro(grams, "carbs", 300, false)).toEqual({ ...grams, carbs: 300 });
  expect(withMacro(grams, "carbs", 1001, false).carbs).toBe(1000);
  expect(withMacro(grams, "carbs", -1, false).carbs).toBe(0);
  expect(withMacro(grams, "carbs", Number.NaN, false).carbs).toBe(0);
});

test("a locked macro takes from the others, and the energy stays within a gram of each", () => {
  const next = withMacro(grams, "protein", 200, true);
  expect(next.protein).toBe(200);
  expect(next.carbs).toBeLessThan(grams.carbs);
  expect(next.fats).toBeLessThan(grams.fats);
  expect(Math.abs(energy(next) - energy(grams))).toBeLessThanOrEqual(9);
});

test("a locked macro can't take more than there is", () => {
  expect(withMacro({ protein: 100, carbs: 0, fats: 0 }, "fats", 50, true)).toEqual({
    protein: 100,
    carbs: 0,
    fats: 0,
  });
  expect(withMacro({ protein: 100, carbs: 0, fats: 0 }, "protein", 60, true)).toEqual({
    protein: 60,
    carbs: 20,
    fats: 9,
  });
});
