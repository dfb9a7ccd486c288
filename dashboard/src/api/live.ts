import { Code, ConnectError } from "@connectrpc/connect";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { WatchResponse } from "@/gen/regiment/v1/watch_service_pb";
import { useApi } from "./api";

/** How often what is on screen is asked for again while the server's hints don't reach us. */
const POLL_MS = 30_000;

/** A stream that says nothing for this long is dead: its heartbeat comes every 20 seconds. */
const SILENCE_MS = 45_000;

/** Hints that come together are acted on together. */
const GATHER_MS = 300;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Whether the server tells us of changes, has stopped to, or never did. */
export type Link = "live" | "lost" | "none";

let link: Link = "none";
const listeners = new Set<() => void>();

function setLink(next: Link) {
  if (next !== link) {
    link = next;
    for (const listener of listeners) {
      listener();
    }
  }
}

export function useLink(): Link {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => link,
  );
}

/** How often a query is repeated: not at all while the server tells us of changes. */
export function pollEvery(): number | false {
  return link === "live" ? false : POLL_MS;
}

/**
 * Reads again whatever the server says has changed, for as long as the caller is shown. A page in the background does
 * not listen: a browser opens few connections to one server, and every stream takes one of them.
 */
export function useLive() {
  const api = useApi();
  const queries = useQueryClient();
  useEffect(() => {
    const gathered = new Map<string, QueryKey>();
    let soon: ReturnType<typeof setTimeout> | undefined;
    const refresh = (keys: readonly QueryKey[]) => {
      for (const key of keys) {
        gathered.set(JSON.stringify(key), key);
      }
      soon ??= setTimeout(() => {
        soon = undefined;
        const now = [...gathered.values()];
        gathered.clear();
        for (const queryKey of now) {
          void queries.invalidateQueries({ queryKey });
        }
      }, GATHER_MS);
    };
    let over = new AbortController();
    const end = () => {
      over.abort();
      setLink("none");
    };
    const begin = () => {
      end();
      over = new AbortController();
      if (document.visibilityState === "visible") {
        void follow((signal) => api.watch.watch({}, { signal }), refresh, setLink, over.signal);
      }
    };
    begin();
    document.addEventListener("visibilitychange", begin);
    return () => {
      document.removeEventListener("visibilitychange", begin);
      clearTimeout(soon);
      end();
    };
  }, [api, queries]);
}

/** Follows the stream of hints until `over`, and begins it again, after a growing pause, whenever it ends. */
export async function follow(
  watch: (signal: AbortSignal) => AsyncIterable<WatchResponse>,
  refresh: (keys: readonly QueryKey[]) => void,
  tell: (link: Link) => void,
  over: AbortSignal,
) {
  for (let attempt = 0; !over.aborted; attempt += 1) {
    const silence = new AbortController();
    const listen = () => setTimeout(() => silence.abort(), SILENCE_MS);
    let patience = listen();
    let first = true;
    try {
      for await (const { changes } of watch(AbortSignal.any([over, silence.signal]))) {
        clearTimeout(patience);
        patience = listen();
        attempt = 0;
        tell("live");
        // What changed while nobody listened is unknown.
        refresh(first ? [[]] : changes.flatMap(({ name }) => touched(name)));
        first = false;
      }
    } catch (error) {
      if (ConnectError.from(error).code === Code.Unimplemented) {
        return;
      }
    } finally {
      clearTimeout(patience);
    }
    if (!first && !over.aborted) {
      // Whether the server is away, or only the stream, shows when it is asked.
      tell("lost");
      refresh([[]]);
    }
    await pause(pauseBefore(attempt), over);
  }
}

/** What to read again when a resource has changed. */
export function touched(name: string): QueryKey[] {
  const [collection, id = "", part] = name.split("/");
  if (collection === "clients") {
    switch (part) {
      case "jobCards":
        return [["cards"], ["clients"]];
      case "logs":
        return [["clients"], ["logs", id]];
      default:
        return [["clients"]];
    }
  }
  if (collection === "alerts") {
    // What a client asks to be excused from comes with an alert.
    return [["system"], ["clients", "excuses"]];
  }
  return name === "-" ? [[]] : [["system"]];
}

/** A random part of a limit that doubles with every failed attempt, in milliseconds. */
export function pauseBefore(attempt: number, random = Math.random): number {
  return random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}

function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = setTimeout(resolve, ms);
    over.addEventListener("abort", () => {
      clearTimeout(end);
      resolve();
    });
  });
}
