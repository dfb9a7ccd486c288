import { create } from "@bufbuild/protobuf";
import {
  type DayOfMeals,
  DayOfMealsSchema,
  type Meal,
  type MealItem,
  MealItemSchema,
  MealSchema,
  type MealTemplate,
} from "@/gen/regiment/v1/template_service_pb";

/** The days of a cycle, which begins on Tuesday. */
export const CYCLE = ["Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday"];

/** The fewest and the most meals of a day: what the server takes. */
export const [FEWEST_MEALS, MOST_MEALS] = [3, 4];

export const blankItem: MealItem = create(MealItemSchema, { rawGrams: 100 });

/** Changes the meals of one day. */
export function withDay(
  days: readonly DayOfMeals[],
  dayIndex: number,
  change: (meals: readonly Meal[]) => Meal[],
): DayOfMeals[] {
  return days.map((day) => (day.dayIndex === dayIndex ? { ...day, meals: change(day.meals) } : day));
}

/** Changes the foods of one meal. */
export function withItems(
  meals: readonly Meal[],
  mealId: string,
  change: (items: readonly MealItem[]) => MealItem[],
): Meal[] {
  return meals.map((meal) => (meal.mealId === mealId ? { ...meal, items: change(meal.items) } : meal));
}

/** Adds a meal with an id that the day does not have yet. */
export function plusMeal(meals: readonly Meal[], templateId: string): Meal[] {
  const taken = new Set(meals.map(({ mealId }) => mealId));
  const ids = Array.from({ length: MOST_MEALS }, (_, index) => mealIdOf(templateId, index + 1));
  const mealId = ids.find((id) => !taken.has(id));
  return mealId ? [...meals, create(MealSchema, { mealId, items: [blankItem] })] : [...meals];
}

/** Adds a day that begins as the last one is. */
export function plusDay(days: readonly DayOfMeals[]): DayOfMeals[] {
  return [...days, create(DayOfMealsSchema, { dayIndex: days.length + 1, meals: days.at(-1)?.meals ?? [] })];
}

/** The same template under another id, and its meals with it. */
export function copyOf(template: MealTemplate, templateId: string, displayName: string): MealTemplate {
  const days = template.days.map((day) => ({
    ...day,
    meals: day.meals.map((meal, place) => ({ ...meal, mealId: mealIdOf(templateId, place + 1) })),
  }));
  return { ...template, name: "", etag: "", templateId, displayName, days };
}

function mealIdOf(templateId: string, number: number): string {
  return `${templateId}_meal${number}`;
}
