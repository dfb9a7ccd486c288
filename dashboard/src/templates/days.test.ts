import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { MealTemplateSchema } from "@/gen/regiment/v1/template_service_pb";
import { copyOf, plusDay, plusMeal, withDay, withItems } from "./days";

const template = create(MealTemplateSchema, {
  name: "mealTemplates/template_a",
  templateId: "template_a",
  etag: "3",
  days: [
    {
      dayIndex: 1,
      meals: [
        { mealId: "template_a_meal1", items: [{ food: "Oats", rawGrams: 80 }] },
        { mealId: "template_a_meal3", items: [{ food: "Rice", rawGrams: 100 }] },
      ],
    },
  ],
});
const [day] = template.days;
const meals = day?.meals ?? [];

test("a meal is added under an id that the day does not have", () => {
  const ids = plusMeal(meals, "template_a").map(({ mealId }) => mealId);
  expect(ids).toEqual(["template_a_meal1", "template_a_meal3", "template_a_meal2"]);
});

test("a day is added as the last one is, and can be changed by itself", () => {
  const two = plusDay(template.days);
  expect(two.map(({ dayIndex }) => dayIndex)).toEqual([1, 2]);
  const changed = withDay(two, 2, (all) => withItems(all, "template_a_meal1", () => []));
  expect(changed[0]).toBe(two[0]);
  expect(changed[1]?.meals.map(({ items }) => items.length)).toEqual([0, 1]);
});

test("a copy has ids of its own and none of the server's marks", () => {
  const copy = copyOf(template, "template_e", "Lean weeks");
  expect(copy).toMatchObject({ name: "", etag: "", templateId: "template_e", displayName: "Lean weeks" });
  expect(copy.days[0]?.meals.map(({ mealId }) => mealId)).toEqual(["template_e_meal1", "template_e_meal2"]);
  expect(template.days[0]?.meals[0]?.mealId).toBe("template_a_meal1");
});
