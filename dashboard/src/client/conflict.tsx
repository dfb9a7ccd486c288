import { useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { goalName } from "@/words/names";
import { changed, type Draft, disputed, FIELDS, over } from "./draft";

/** Somebody else changed the profile meanwhile: shows what both sides want, and asks where they differ. */
export function Conflict({
  base,
  mine,
  theirs,
  onChoose,
  onClose,
}: {
  base: Draft;
  mine: Draft;
  theirs: Draft;
  onChoose: (draft: Draft) => void;
  onClose: () => void;
}) {
  const open = disputed(base, mine, theirs);
  const [kept, setKept] = useState<ReadonlySet<keyof Draft>>(new Set(open));
  const rest = changed(base, mine).filter((key) => !open.includes(key));
  return (
    <Dialog title="Somebody else changed this profile" onClose={onClose}>
      <p className="text-sm text-muted">
        {open.length === 0
          ? "They changed other fields than you did: both changes can stand."
          : "You both changed the same fields. Choose which counts."}
      </p>
      {open.map((key) => (
        <fieldset key={key} className="mt-3">
          <legend className="text-xs font-medium text-muted">{FIELDS[key].label}</legend>
          {[
            { mineCounts: true, value: mine[key], who: "yours" },
            { mineCounts: false, value: theirs[key], who: "theirs" },
          ].map(({ mineCounts, value, who }) => (
            <label key={who} className="mt-1 flex items-baseline gap-2">
              <input
                type="radio"
                name={key}
                checked={kept.has(key) === mineCounts}
                onChange={() => {
                  const next = new Set(kept);
                  if (mineCounts) {
                    next.add(key);
                  } else {
                    next.delete(key);
                  }
                  setKept(next);
                }}
              />
              <span className="min-w-0 flex-1 break-words">{shown(key, value)}</span>
              <span className="text-xs text-muted">{who}</span>
            </label>
          ))}
        </fieldset>
      ))}
      <div className="mt-4 flex justify-end gap-2">
        <Button tone="quiet" onClick={() => onChoose(theirs)}>
          Take all of theirs
        </Button>
        <Button tone="strong" onClick={() => onChoose(over(theirs, mine, [...rest, ...kept]))}>
          Save
        </Button>
      </div>
    </Dialog>
  );
}

function shown(key: keyof Draft, value: Draft[keyof Draft]): string {
  if (value === null || value === "") {
    return "nothing";
  }
  return key === "goal" ? goalName[value as Draft["goal"]] : String(value);
}
