/** Daily grams. */
export interface Grams {
  protein: number;
  carbs: number;
  fats: number;
}

export type Macro = keyof Grams;

export const MACROS: Macro[] = ["protein", "carbs", "fats"];

const KCAL: Record<Macro, number> = { protein: 4, carbs: 4, fats: 9 };

/** The most of one macro that the server takes. */
export const MOST = 1000;

/** Energy at 4, 4 and 9 kcal a gram. */
export function energy(grams: Grams): number {
  return MACROS.reduce((sum, macro) => sum + KCAL[macro] * grams[macro], 0);
}

/** Sets one macro. With `locked`, the others give or take, in proportion, what keeps the energy within a gram. */
export function withMacro(grams: Grams, macro: Macro, value: number, locked: boolean): Grams {
  const set = clamp(value);
  if (!locked) {
    return { ...grams, [macro]: set };
  }
  const others = MACROS.filter((other) => other !== macro);
  const left = energy(grams) - KCAL[macro] * set;
  const now = others.reduce((sum, other) => sum + KCAL[other] * grams[other], 0);
  if (left < 0) {
    return grams;
  }
  const next = { ...grams, [macro]: set };
  for (const other of others) {
    const share = now > 0 ? (KCAL[other] * grams[other]) / now : 1 / others.length;
    next[other] = clamp((left * share) / KCAL[other]);
  }
  return next;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(MOST, Math.round(value) || 0));
}
