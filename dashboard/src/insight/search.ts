import { oneOf, said } from "@/app/address";

export type Tab = "cohort" | "flags" | "model" | "backtest";

/** What the page's address says. */
export interface InsightSearch {
  tab?: Tab | undefined;
  /** How many weeks back; 12 where it is not said. */
  weeks?: Weeks | undefined;
}

/** The spans that a coach can look back over. */
export const WEEKS = [4, 12, 26] as const;
export type Weeks = (typeof WEEKS)[number];
export const USUAL_WEEKS: Weeks = 12;

const TABS: Record<Tab, true> = { cohort: true, flags: true, model: true, backtest: true };

export function readSearch(raw: Record<string, unknown>): InsightSearch {
  return said({ tab: oneOf(raw.tab, TABS), weeks: WEEKS.find((weeks) => weeks === raw.weeks) });
}
