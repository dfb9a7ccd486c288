import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useKeys } from "@/keys/keys";
import { Button } from "./button";

/** How long an announcement stays; undoing stays possible on the card for as long as the server allows it. */
const SHOWN_MS = 8_000;

interface Announcement {
  id: number;
  text: string;
  tone: "done" | "failed";
  undo?: (() => void) | undefined;
}

interface Announcer {
  /** Says what was done, with the way back where there is one. */
  done: (text: string, undo?: () => void) => void;
  /** Says what went wrong. */
  failed: (text: string) => void;
}

const Known = createContext<Announcer | null>(null);

export function useAnnounce(): Announcer {
  const announcer = use(Known);
  if (!announcer) {
    throw new Error("useAnnounce needs a ToastProvider above it");
  }
  return announcer;
}

/** Shows announcements and reads them out. `z` takes the newest back that can be. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Announcement[]>([]);
  const next = useRef(1);

  const drop = useCallback((id: number) => setShown((all) => all.filter((one) => one.id !== id)), []);
  const announcer = useMemo<Announcer>(() => {
    const show = (announcement: Omit<Announcement, "id">) => {
      const id = next.current++;
      setShown((all) => [...all.slice(-2), { ...announcement, id }]);
    };
    return {
      done: (text, undo) => show({ text, tone: "done", undo }),
      failed: (text) => show({ text, tone: "failed" }),
    };
  }, []);

  const takeBack = (announcement: Announcement | undefined) => {
    if (announcement?.undo) {
      drop(announcement.id);
      announcement.undo();
    }
  };
  useKeys([
    {
      keys: "z",
      label: "Undo",
      group: "Everywhere",
      run: () => takeBack(shown.findLast(({ undo }) => undo)),
    },
  ]);

  return (
    <Known value={announcer}>
      {children}
      <div
        role="log"
        aria-label="Announcements"
        className="pointer-events-none fixed right-4 bottom-4 z-50 grid w-[min(26rem,calc(100%-2rem))] gap-2"
      >
        {shown.map((one) => (
          <Toast key={one.id} announcement={one} onUndo={() => takeBack(one)} onEnd={drop} />
        ))}
      </div>
    </Known>
  );
}

function Toast({
  announcement: { id, text, tone, undo },
  onUndo,
  onEnd,
}: {
  announcement: Announcement;
  onUndo: () => void;
  onEnd: (id: number) => void;
}) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const end = held ? undefined : setTimeout(() => onEnd(id), SHOWN_MS);
    return () => clearTimeout(end);
  }, [held, id, onEnd]);
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      className={`pointer-events-auto flex items-center justify-between gap-3 rounded-lg border bg-raised px-3 py-2 shadow-xl ${tone === "failed" ? "border-critical/60" : "border-line"}`}
    >
      <p>{text}</p>
      {undo ? (
        <Button onClick={onUndo} hint="Z">
          Undo
        </Button>
      ) : null}
    </div>
  );
}
