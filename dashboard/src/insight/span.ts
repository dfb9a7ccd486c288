import { plusDays } from "@/words/time";

/** The first and the last date that is looked at. */
export interface Span {
  fromDate: string;
  toDate: string;
}

/** The span of the weeks up to now. */
export function lookingBack(weeks: number): Span {
  const toDate = new Date().toISOString().slice(0, 10);
  return { fromDate: plusDays(toDate, -7 * weeks), toDate };
}

/** A call that looks back over months may take this long: what the server allows. */
export const LONG = { timeoutMs: 30_000 };

/** What rests on whole weeks is read anew when somebody asks, and not every half minute. */
export const RARELY = { staleTime: 5 * 60_000, refetchInterval: false, retry: false } as const;
