import { plain } from "@/words/flags";
import { CYCLE } from "./days";

const PLACES: Record<string, (at: number) => string> = {
  days: (at) => CYCLE[at] ?? `day ${at + 1}`,
  meals: (at) => `meal ${at + 1}`,
  items: (at) => `food ${at + 1}`,
  schedule: (at) => `session ${at + 1}`,
  exercises: (at) => `exercise ${at + 1}`,
  week_overrides: (at) => `change ${at + 1}`,
};

/** What the place already says. */
const IMPLIED = new Set(["food", "food_id", "exercise", "exercise_id"]);

/** Words a path of the server: `meal_template.days[0].meals[2].items[1].raw_grams` is `Tuesday, meal 3, food 2, raw grams`. */
export function placeOf(path: string): string {
  const [, ...parts] = path.split(".");
  const words = parts.flatMap((part) => {
    const [, name = part, at] = /^(\w+)\[(\d+)\]$/.exec(part) ?? [];
    const place = at === undefined ? undefined : PLACES[name]?.(Number(at));
    return place ?? (IMPLIED.has(part) ? [] : part.replaceAll("_", " "));
  });
  return plain(words.join(", "));
}
