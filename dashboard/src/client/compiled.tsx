import type { CompiledDay, Portion } from "@/gen/regiment/v1/client_service_pb";
import { energy, type Grams } from "./macros";

/** The meals of a compiled day, and where it misses a macro. */
export function CompiledMeals({ day }: { day: CompiledDay }) {
  return (
    <>
      {day.meals.map((meal, index) => (
        <div key={meal.mealId} className="mt-2">
          <p className="eyebrow">Meal {index + 1}</p>
          <ul className="text-sm">
            {meal.portions.map((portion) => (
              <li key={portion.food} className="flex justify-between gap-3">
                <span>{portion.food}</span>
                <span className="whitespace-nowrap text-muted">{amount(portion)}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {day.gaps.map((gap) => (
        <p key={gap.macro} className="mt-2 text-xs text-high">
          <span className="font-medium capitalize">{gap.macro}</span> {Math.round(gap.actualGrams)} of{" "}
          {Math.round(gap.targetGrams)} g: {gap.reason}
        </p>
      ))}
    </>
  );
}

/** `180 g protein, 220 g carbs, 60 g fats, 2140 kcal`. */
export function macrosSaid(macros: Grams): string {
  const { protein, carbs, fats } = macros;
  return `${protein} g protein, ${carbs} g carbs, ${fats} g fats, ${energy(macros)} kcal`;
}

function amount({ grams, units }: Portion): string {
  return units > 0 ? `${units} (${grams} g)` : `${grams} g`;
}
