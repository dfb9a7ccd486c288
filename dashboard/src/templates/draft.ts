import { useState } from "react";

/** A draft over the latest version of a template. */
export interface Draft<T> {
  draft: T;
  /** The version that the draft rests on. */
  base: T;
  isEdited: boolean;
  /** Somebody saved another version since the draft was begun. */
  isOvertaken: boolean;
  edit: (part: Partial<T>) => void;
  /** Takes the latest version in place of the draft. */
  discard: () => void;
  /** Keeps the draft, and lets it follow on the latest version. */
  keep: () => void;
  /** Goes on from what was saved. */
  settle: (saved: T) => void;
}

/** Begins a draft with `shown`, which is `latest` or an earlier version. Unedited, it follows what others save. */
export function useDraft<T extends { version: number }>(latest: T, shown: T): Draft<T> {
  const [{ base, draft }, set] = useState({ base: latest, draft: shown });
  const isEdited = draft !== base;
  const isBehind = latest.version > base.version;
  if (isBehind && !isEdited) {
    set({ base: latest, draft: latest });
  }
  return {
    base,
    draft,
    isEdited,
    isOvertaken: isBehind && isEdited,
    edit: (part) => set((before) => ({ ...before, draft: { ...before.draft, ...part } })),
    discard: () => set({ base: latest, draft: latest }),
    keep: () => set((before) => ({ ...before, base: latest })),
    settle: (saved) => set({ base: saved, draft: saved }),
  };
}
