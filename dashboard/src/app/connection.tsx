import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { ago } from "@/words/time";
import { useNow } from "./now";

/** How fresh the page is: the age of the newest answer, and whether the last question had one. */
export function Connection() {
  const queries = useQueryClient();
  const fetching = useIsFetching();
  const now = useNow();
  const [seen, setSeen] = useState<{ answered: number; failed: number }>({ answered: 0, failed: 0 });
  useEffect(() => {
    const read = () => {
      const states = queries
        .getQueryCache()
        .getAll()
        .map(({ state }) => state);
      setSeen((before) => {
        const answered = Math.max(0, ...states.map(({ dataUpdatedAt }) => dataUpdatedAt));
        const failed = Math.max(0, ...states.map(({ errorUpdatedAt }) => errorUpdatedAt));
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
        <>
          <WifiOff size={13} aria-hidden />
          Server away{age ? `, data from ${age}` : ""}
        </>
      ) : (
        <>
          <span aria-hidden className={`size-1.5 rounded-full bg-good ${fetching ? "animate-pulse" : ""}`} />
          {age === "" || age === "just now" ? "Up to date" : `Data from ${age}`}
        </>
      )}
    </span>
  );
}
