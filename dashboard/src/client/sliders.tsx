import { useState } from "react";
import { Input } from "@/ui/field";
import { energy, type Grams, MACROS, MOST, withMacro } from "./macros";

/** Where a slider ends; more can be typed. */
const SLIDER_GRAMS = 500;

/** The day's macros by slider, with their energy, which can be held while they move. */
export function MacroSliders({
  grams,
  onChange,
  error,
}: {
  grams: Grams;
  onChange: (grams: Grams) => void;
  error?: string | undefined;
}) {
  const [locked, setLocked] = useState(false);
  const { protein, carbs, fats } = grams;
  const set = (macro: keyof Grams, value: number) =>
    onChange(withMacro({ protein, carbs, fats }, macro, value, locked));
  return (
    <fieldset className="grid content-start gap-1.5">
      <legend className="mb-1 text-xs font-medium text-muted">
        Macros, {energy({ protein, carbs, fats })} kcal a day
      </legend>
      {MACROS.map((macro) => (
        <div key={macro} className="grid grid-cols-[4rem_1fr_5rem] items-center gap-3 text-sm">
          <span id={`macro-${macro}`} className="capitalize">
            {macro}
          </span>
          <input
            type="range"
            aria-labelledby={`macro-${macro}`}
            min={0}
            max={SLIDER_GRAMS}
            step={5}
            value={Math.min(SLIDER_GRAMS, grams[macro])}
            onChange={(event) => set(macro, event.target.valueAsNumber)}
            className="accent-accent"
          />
          <Input
            type="number"
            aria-label={`${macro} in grams`}
            min={0}
            max={MOST}
            value={grams[macro]}
            onChange={(event) => set(macro, event.target.valueAsNumber)}
          />
        </div>
      ))}
      <label className="flex items-center gap-2 text-sm">
        <input type="checkbox" checked={locked} onChange={(event) => setLocked(event.target.checked)} />
        Hold the energy while one moves
      </label>
      {error ? <p className="text-xs text-critical">{error}</p> : null}
    </fieldset>
  );
}
