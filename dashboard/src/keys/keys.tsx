import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { type Binding, chord, interpret, isBare } from "./keyboard";

/** How long the first half of a sequence waits for the second. */
const SEQUENCE_MS = 1_200;

const LETTERS_OFF = "keys.letters.off";

interface Keys {
  /** Every binding in force, in the order in which it came. */
  bindings: () => readonly Binding[];
  add: (bindings: readonly Binding[]) => () => void;
  lettersOff: boolean;
  setLettersOff: (off: boolean) => void;
}

const Known = createContext<Keys | null>(null);

/** Listens for keys, and runs what the pages below bind to them. */
export function KeysProvider({ children }: { children: ReactNode }) {
  const bound = useRef<(readonly Binding[])[]>([]);
  const [lettersOff, setLettersOff] = useState(() => localStorage.getItem(LETTERS_OFF) === "yes");

  const keys = useMemo<Keys>(
    () => ({
      bindings: () => bound.current.flat(),
      add: (bindings) => {
        bound.current = [...bound.current, bindings];
        return () => {
          bound.current = bound.current.filter((other) => other !== bindings);
        };
      },
      lettersOff,
      setLettersOff: (off) => {
        localStorage.setItem(LETTERS_OFF, off ? "yes" : "no");
        setLettersOff(off);
      },
    }),
    [lettersOff],
  );

  useEffect(() => {
    let pending = "";
    let forget: ReturnType<typeof setTimeout> | undefined;
    const listen = (event: KeyboardEvent) => {
      const pressed = chord(event);
      if (event.defaultPrevented || event.isComposing || isTaken(event.target, pressed)) {
        return;
      }
      const inForce = keys.bindings().filter(({ keys }) => !(lettersOff && isBare(keys)));
      const outcome = interpret(inForce, pending, pressed);
      clearTimeout(forget);
      pending = "";
      if (outcome.kind === "wait") {
        pending = outcome.pending;
        forget = setTimeout(() => {
          pending = "";
        }, SEQUENCE_MS);
      } else if (outcome.kind === "run") {
        event.preventDefault();
        outcome.binding.run();
      }
    };
    document.addEventListener("keydown", listen);
    return () => {
      clearTimeout(forget);
      document.removeEventListener("keydown", listen);
    };
  }, [keys, lettersOff]);

  return <Known value={keys}>{children}</Known>;
}

export function useKeyboard(): Keys {
  const keys = use(Known);
  if (!keys) {
    throw new Error("useKeyboard needs a KeysProvider above it");
  }
  return keys;
}

/** Binds keys for as long as the caller is shown. What a binding does may change with every render. */
export function useKeys(bindings: readonly Binding[]) {
  const { add } = useKeyboard();
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  const shape = bindings.map(({ keys, label, group }) => `${keys}\t${label}\t${group}`).join("\n");
  useEffect(() => {
    const named = shape.split("\n").filter(Boolean);
    return add(
      named.map((line) => {
        const [keys = "", label = "", group = ""] = line.split("\t");
        return { keys, label, group, run: () => latest.current.find((one) => one.keys === keys)?.run() };
      }),
    );
  }, [add, shape]);
}

/** Whether a press belongs to what has the focus: text that is being typed, a dialog, a button's own keys. */
function isTaken(target: EventTarget | null, pressed: string): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  if (target.closest("dialog[open]")) {
    return true;
  }
  const isModified = pressed.startsWith("mod+");
  if (target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select")) {
    return !isModified;
  }
  return pressed === "enter" && target.closest("a, button, summary") !== null;
}
