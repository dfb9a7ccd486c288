import { oneOf, said, text } from "@/app/address";
import type { JobCard, ListJobCardsRequest } from "@/gen/regiment/v1/job_card_service_pb";
import { CardSource, CardState, Severity } from "@/gen/regiment/v1/job_card_service_pb";

/** Which cards the page shows. */
export type View = "waiting" | "snoozed" | "closed";

/** What the page's address says. */
export interface TriageSearch {
  view?: View | undefined;
  severity?: "medium" | "high" | "critical" | undefined;
  source?: "scan" | "infraction" | "checkin" | "system" | "manual" | undefined;
  flag?: string | undefined;
  q?: string | undefined;
  /** The card in hand, as `{user_id}/{id}`. */
  card?: string | undefined;
  /** Shows the card in place of the list where there is no room for both. */
  open?: true | undefined;
}

const VIEWS: Record<View, CardState[]> = {
  waiting: [CardState.OPEN, CardState.ACKNOWLEDGED],
  snoozed: [CardState.SNOOZED],
  closed: [CardState.RESOLVED, CardState.DISMISSED],
};

const SEVERITIES = { medium: Severity.MEDIUM, high: Severity.HIGH, critical: Severity.CRITICAL };

const SOURCES = {
  scan: CardSource.WEEKLY_SCAN,
  infraction: CardSource.INFRACTION,
  checkin: CardSource.CHECKIN,
  system: CardSource.SYSTEM,
  manual: CardSource.MANUAL,
};

/** Reads an address; what it does not know counts as not said. */
export function readSearch(raw: Record<string, unknown>): TriageSearch {
  return said({
    view: oneOf(raw.view, VIEWS),
    severity: oneOf(raw.severity, SEVERITIES),
    source: oneOf(raw.source, SOURCES),
    flag: text(raw.flag),
    q: text(raw.q),
    card: text(raw.card),
    open: raw.open === true ? true : undefined,
  });
}

/** What the server is asked for. The text is looked for here, since it is typed letter by letter. */
export function requestOf(
  search: TriageSearch,
): Pick<ListJobCardsRequest, "states" | "sources" | "minSeverity" | "flags" | "orderBy"> {
  const view = search.view ?? "waiting";
  return {
    states: VIEWS[view],
    sources: search.source ? [SOURCES[search.source]] : [],
    minSeverity: search.severity ? SEVERITIES[search.severity] : Severity.UNSPECIFIED,
    flags: search.flag ? [search.flag] : [],
    orderBy: view === "closed" ? "date desc" : "need",
  };
}

/** Whether a card belongs in a view. */
export function belongs(card: Pick<JobCard, "state">, states: readonly CardState[]): boolean {
  return states.includes(card.state);
}

/** Whether a card speaks of what was typed: the client's name or alias, his id, or the summary. */
export function speaksOf(card: JobCard, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  return [card.displayName, card.alias, card.summary, card.client].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

/** How an address names a card. */
export function keyOf(name: string): string {
  const [, user, , id] = name.split("/");
  return `${user}/${id}`;
}
