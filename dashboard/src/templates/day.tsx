import { Plus, X } from "lucide-react";
import type { DayOfMeals, Food, Meal, MealItem } from "@/gen/regiment/v1/template_service_pb";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { blankItem, FEWEST_MEALS, MOST_MEALS, plusMeal, withItems } from "./days";

type ChangeMeals = (change: (meals: readonly Meal[]) => Meal[]) => void;

/** The meals of one day. */
export function DayEditor({
  day,
  templateId,
  foods,
  onChange,
}: {
  day: DayOfMeals;
  templateId: string;
  foods: readonly Food[];
  onChange: ChangeMeals;
}) {
  return (
    <>
      <datalist id="foods">
        {foods.map(({ foodId, displayName }) => (
          <option key={foodId} value={displayName} />
        ))}
      </datalist>
      <div className="grid gap-4 2xl:grid-cols-2">
        {day.meals.map((meal, place) => (
          <MealEditor
            key={meal.mealId}
            meal={meal}
            number={place + 1}
            onItems={(change) => onChange((meals) => withItems(meals, meal.mealId, change))}
            {...(day.meals.length > FEWEST_MEALS
              ? { onRemove: () => onChange((meals) => meals.filter((one) => one.mealId !== meal.mealId)) }
              : {})}
          />
        ))}
      </div>
      {day.meals.length < MOST_MEALS ? (
        <Button
          tone="quiet"
          className="justify-self-start"
          onClick={() => onChange((meals) => plusMeal(meals, templateId))}
        >
          <Plus size={13} aria-hidden />
          Meal
        </Button>
      ) : null}
    </>
  );
}

function MealEditor({
  meal,
  number,
  onItems,
  onRemove,
}: {
  meal: Meal;
  number: number;
  onItems: (change: (items: readonly MealItem[]) => MealItem[]) => void;
  onRemove?: () => void;
}) {
  const set = (place: number, part: Partial<MealItem>) =>
    onItems((all) => all.map((one, index) => (index === place ? { ...one, ...part } : one)));
  return (
    <section aria-label={`Meal ${number}`} className="rounded-md border border-line bg-surface p-3">
      <h3 className="mb-2 flex h-7 items-center justify-between font-medium">
        Meal {number}
        {onRemove ? (
          <Button tone="quiet" onClick={onRemove}>
            Remove the meal
          </Button>
        ) : null}
      </h3>
      {meal.items.map((item, place) => (
        <div
          // A food is known by its place while its name is typed.
          key={`${meal.mealId} ${place + 1}`}
          className="mb-1.5 grid grid-cols-[minmax(0,1fr)_6.5rem_auto] items-center gap-2"
        >
          <Input
            aria-label={`Food ${place + 1} of meal ${number}`}
            list="foods"
            placeholder="A food of the library"
            value={item.food}
            onChange={(event) => set(place, { food: event.target.value, foodId: "" })}
          />
          <span className="relative">
            <Input
              aria-label={`Raw grams of food ${place + 1} of meal ${number}`}
              type="number"
              min={1}
              step={5}
              className="pr-6"
              value={item.rawGrams}
              onChange={(event) => set(place, { rawGrams: event.target.valueAsNumber || 0 })}
            />
            <span aria-hidden className="absolute top-1.5 right-2 text-sm text-muted">
              g
            </span>
          </span>
          <Button
            tone="quiet"
            className="!px-1.5"
            aria-label={`Remove ${item.food || `food ${place + 1}`} from meal ${number}`}
            onClick={() => onItems((all) => all.filter((_, index) => index !== place))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      <Button tone="quiet" onClick={() => onItems((all) => [...all, blankItem])}>
        <Plus size={13} aria-hidden />
        Food
      </Button>
    </section>
  );
}
