import { oneOf, said, text } from "@/app/address";

export type Tab = "overview" | "meals" | "training" | "cardio" | "checkins" | "plan" | "cards" | "profile";

/** What the page's address says. */
export interface ClientSearch {
  tab?: Tab | undefined;
  /** The last day of the week in sight; the client's today where it is not said. */
  to?: string | undefined;
  revisions?: true | undefined;
  /** The cycle of the plan in sight; the running one where it is not said. */
  cycle?: "next" | undefined;
}

const TABS: Record<Tab, true> = {
  overview: true,
  meals: true,
  training: true,
  cardio: true,
  checkins: true,
  plan: true,
  cards: true,
  profile: true,
};

export function readSearch(raw: Record<string, unknown>): ClientSearch {
  const to = text(raw.to);
  return said({
    tab: oneOf(raw.tab, TABS),
    to: to && /^\d{4}-\d{2}-\d{2}$/.test(to) && !Number.isNaN(Date.parse(to)) ? to : undefined,
    revisions: raw.revisions === true ? true : undefined,
    cycle: oneOf(raw.cycle, { next: true }),
  });
}
