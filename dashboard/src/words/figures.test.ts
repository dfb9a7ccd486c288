import { expect, test } from "vitest";
import { change, figures, number, percent } from "./figures";

test("a figure bears the unit of its name", () => {
  expect(figures({ mean_kg: 81.249, change_percent: -0.304, missed_meals: 3, adherence: 0.613 })).toEqual([
    { label: "adherence", value: "61%" },
    { label: "change", value: "−0.30%" },
    { label: "mean", value: "81.2 kg" },
    { label: "missed meals", value: "3" },
  ]);
});

test("an interval stands beside its figure", () => {
  expect(figures({ kg_per_week: -0.4, kg_per_week_low: -0.61, kg_per_week_high: -0.2 })).toEqual([
    { label: "drift", value: "−0.40 kg a week (−0.61 to −0.20 kg a week)" },
  ]);
});

test("a bare percentage is the share of the counts beside it", () => {
  expect(figures({ completed_meals: 22, percent: 78.571 }).at(-1)).toEqual({
    label: "share",
    value: "78.57%",
  });
});

test("what only programs need is left out", () => {
  expect(figures({ phrase_start: 3, phrase_end: 9, contradicts_stalled_lift: 1 })).toEqual([]);
});

test("a zero has no sign", () => {
  expect(number(-0.001, 2)).toBe("0.00");
  expect(change(-0.001, 2)).toBe("0.00");
  expect(change(0.4, 1)).toBe("+0.4");
  expect(change(-0.4, 1)).toBe("−0.4");
  expect(percent(0.805)).toBe("81%");
});
