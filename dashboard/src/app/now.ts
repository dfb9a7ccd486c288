import { useSyncExternalStore } from "react";

const STEP_MS = 15_000;

let now = new Date();
const listeners = new Set<() => void>();
let running: ReturnType<typeof setInterval> | undefined;

/** The time, to a quarter of a minute: what says `5 min ago` grows old with it. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  running ??= setInterval(() => {
    now = new Date();
    for (const one of listeners) {
      one();
    }
  }, STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(running);
      running = undefined;
    }
  };
}
