import { expect, test } from "vitest";
import { placeOf } from "./place";
import { readSearch } from "./search";

test.each([
  ["meal_template.days[0].meals[2].items[1].raw_grams", "Tuesday, meal 3, food 2, raw grams"],
  ["meal_template.days[6].meals[0].items[0].food_id", "Monday, meal 1, food 1"],
  ["meal_template.template_id", "Template id"],
  ["training_template.schedule[1].exercises[3].reps", "Session 2, exercise 4, reps"],
  ["training_template.week_overrides[0].sets", "Change 1, sets"],
])("%s is at %s", (path, place) => {
  expect(placeOf(path)).toBe(place);
});

test("a version that is none shows the latest", () => {
  expect(readSearch({ kind: "blocks", id: "ppl", version: 2 })).toEqual({
    kind: "blocks",
    id: "ppl",
    version: 2,
  });
  expect(readSearch({ kind: "meals", version: -1 })).toEqual({});
});
