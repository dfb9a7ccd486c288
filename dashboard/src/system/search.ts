import { oneOf, said, text } from "@/app/address";
import { DeliveryState } from "@/gen/regiment/v1/delivery_service_pb";

export type Tab = "status" | "outbox" | "quarantine" | "schedule" | "policy" | "audit";

/** What the page's address says. */
export interface SystemSearch {
  tab?: Tab | undefined;
  state?: keyof typeof STATES | undefined;
  closed?: true | undefined;
  /** Whose schedule, or what was done to whom; the practice's own, or to anybody, where nobody is named. */
  client?: string | undefined;
  /** What was done by whom. */
  actor?: keyof typeof ACTORS | undefined;
}

const TABS: Record<Tab, true> = {
  status: true,
  outbox: true,
  quarantine: true,
  schedule: true,
  policy: true,
  audit: true,
};

/** The states by which the outbox can be narrowed. */
export const STATES = {
  pending: DeliveryState.PENDING,
  delivered: DeliveryState.DELIVERED,
  refused: DeliveryState.REFUSED,
  unknown: DeliveryState.UNKNOWN,
  missed: DeliveryState.MISSED,
  withdrawn: DeliveryState.WITHDRAWN,
};

/** The roles by which the audit trail can be narrowed, as people call them. */
export const ACTORS = {
  system: "the system",
  client: "clients",
  viewer: "viewers",
  coach: "coaches",
  admin: "admins",
};

export function readSearch(raw: Record<string, unknown>): SystemSearch {
  return said({
    tab: oneOf(raw.tab, TABS),
    state: oneOf(raw.state, STATES),
    client: text(raw.client),
    actor: oneOf(raw.actor, ACTORS),
    closed: raw.closed === true ? true : undefined,
  });
}
