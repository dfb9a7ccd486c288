/** A key, or a sequence such as `g t`, and what it does. */
export interface Binding {
  keys: string;
  /** What it does, as the help and the palette say it. */
  label: string;
  /** Where the help lists it. */
  group: string;
  run: () => void;
}

/** A key press, as far as a binding cares. */
export interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** What a press led to: a binding, the first half of a sequence, or nothing. */
export type Outcome =
  | { kind: "run"; binding: Binding }
  | { kind: "wait"; pending: string }
  | { kind: "none" };

/** Writes a press as bindings name it: `j`, `shift+j`, `mod+k`, `?`. */
export function chord(press: Press): string {
  const isLetter = /^[a-z]$/i.test(press.key);
  const key = isLetter || press.key.length > 1 ? press.key.toLowerCase() : press.key;
  const mod = press.ctrlKey || press.metaKey ? "mod+" : "";
  // Other signs already differ with shift: `?` is `?`, not `shift+?`.
  const shift = press.shiftKey && (isLetter || press.key.length > 1) ? "shift+" : "";
  return `${mod}${press.altKey ? "alt+" : ""}${shift}${key}`;
}

/** Finds what a press means after `pending`, the first half of a sequence. The binding that came last wins. */
export function interpret(bindings: readonly Binding[], pending: string, pressed: string): Outcome {
  const typed = pending ? `${pending} ${pressed}` : pressed;
  const binding = bindings.findLast(({ keys }) => keys === typed);
  if (binding) {
    return { kind: "run", binding };
  }
  if (bindings.some(({ keys }) => keys.startsWith(`${typed} `))) {
    return { kind: "wait", pending: typed };
  }
  return pending ? interpret(bindings, "", pressed) : { kind: "none" };
}

/** Whether a binding is typed without a modifier, and so must be possible to turn off (WCAG 2.1.4). */
export function isBare(keys: string): boolean {
  return (
    !/mod\+|alt\+/.test(keys) && keys.split(" ").every((part) => part.replace("shift+", "").length === 1)
  );
}

/** Writes a binding for people: `mod+k` is `⌘K` on a Mac and `Ctrl K` elsewhere. */
export function written(keys: string, mac: boolean): string[] {
  const names: Record<string, string> = {
    mod: mac ? "⌘" : "Ctrl",
    shift: mac ? "⇧" : "Shift",
    enter: "↵",
    escape: "Esc",
    arrowdown: "↓",
    arrowup: "↑",
  };
  return keys.split(" ").map((part) =>
    part
      .split("+")
      .map((key) => names[key] ?? key.toUpperCase())
      .join(mac ? "" : " "),
  );
}
