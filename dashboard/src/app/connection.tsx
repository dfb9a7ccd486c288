import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { type Link, useLink } from "@/api/live";
import { isAway } from "@/api/refusal";
import { ago } from "@/words/time";
import { useNow } from "./now";

/** How fresh the page is: whether changes come by themselves, the age of the newest answer, and whether any comes. */
export function Connection() {
  const queries = useQueryClient();
  const fetching = useIsFetching();
  const now = useNow();
  const link = useLink();
  const [seen, setSeen] = useState<{ answered: number; failed: number }>({ answered: 0, failed: 0 });
  useEffect(() => {
    const read = () => {
      const states = queries
        .getQueryCache()
        .getAll()
        .map(({ state }) => state);
      setSeen((before) => {
        const answered = Math.max(0, ...states.map(({ dataUpdatedAt }) => dataUpdatedAt));
        // A refusal is an answer too.
        const failed = Math.max(
          0,
          ...states.filter(({ error }) => isAway(error)).map(({ errorUpdatedAt }) => errorUpdatedAt),
        );
        return before.answered === answered && before.failed === failed ? before : { answered, failed };
      });
    };
    return queries.getQueryCache().subscribe(() => queueMicrotask(read));
  }, [queries]);
  const away = seen.failed > seen.answered;
  const age = seen.answered ? ago(new Date(seen.answered), now) : "";
  return (
    <span role="status" className={`flex items-center gap-1.5 text-xs ${away ? "text-high" : "text-muted"}`}>
      {away ? (
        <WifiOff size={13} aria-hidden />
      ) : (
        <span
          aria-hidden
          className={`size-1.5 rounded-full ${link === "lost" ? "bg-medium" : "bg-good"} ${fetching ? "animate-pulse" : ""}`}
        />
      )}
      <span className="max-md:sr-only">{away ? `Server away${from(age)}` : freshness(link, age)}</span>
    </span>
  );
}

function freshness(link: Link, age: string): string {
  switch (link) {
    case "live":
      return "Live";
    case "lost":
      return `Reconnecting${from(age)}`;
    case "none":
      return age === "" || age === "just now" ? "Up to date" : `Data from ${age}`;
  }
}

function from(age: string): string {
  return age ? `, data from ${age}` : "";
}
