import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { isConflict, reason, refusedFields } from "@/api/refusal";
import { Button } from "@/ui/button";
import { useAnnounce } from "@/ui/toast";
import type { Draft } from "./draft";
import { placeOf } from "./place";

/** How long typing must rest before a draft is checked. */
const REST_MS = 500;

/** Checks a draft with the server while it is written, and saves it as the next version. */
export function Saving<T>({
  draft: { base, draft, isEdited, isOvertaken, discard, keep, settle },
  write,
  onSaved,
}: {
  draft: Draft<T>;
  write: (draft: T, base: T, validateOnly: boolean) => Promise<T | undefined>;
  onSaved: () => void;
}) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [wrong, setWrong] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!isEdited) {
      setWrong([]);
      return;
    }
    let stale = false;
    const rested = setTimeout(async () => {
      const found = await write(draft, base, true).then(() => [], complaints);
      if (!stale) {
        setWrong(found);
      }
    }, REST_MS);
    return () => {
      stale = true;
      clearTimeout(rested);
    };
  }, [draft, base, isEdited, write]);
  const save = async () => {
    try {
      const saved = await write(draft, base, false);
      if (saved) {
        settle(saved);
      }
      announce.done("Saved as the next version.");
      onSaved();
    } catch (error) {
      setWrong(complaints(error));
    }
    await queries.invalidateQueries({ queryKey: ["templates"] });
  };
  if (!isEdited) {
    return null;
  }
  return (
    <div className="sticky bottom-0 mt-6 flex flex-wrap items-center gap-3 border-t border-line bg-ground py-3">
      {isOvertaken ? (
        <p className="flex-1 text-sm text-high" role="status">
          Somebody saved another version meanwhile. Take theirs, or put yours over it.
        </p>
      ) : (
        <ul className="min-w-60 flex-1 text-sm text-critical" role="status" aria-label="What is wrong">
          {wrong.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <Button tone="quiet" onClick={discard}>
        {isOvertaken ? "Take theirs" : "Discard"}
      </Button>
      {isOvertaken ? (
        <Button tone="strong" onClick={keep}>
          Go on with mine
        </Button>
      ) : (
        <Button tone="strong" onClick={save} disabled={wrong.length > 0}>
          Save as the next version
        </Button>
      )}
    </div>
  );
}

function complaints(error: unknown): string[] {
  // The newer version is on its way, and says so itself.
  if (isConflict(error)) {
    return [];
  }
  const fields = refusedFields(error).map(({ field, why }) => `${placeOf(field)}: ${why}`);
  return fields.length > 0 ? fields : [reason(error)];
}
