import { oneOf, said, text } from "@/app/address";
import { DeliveryState } from "@/gen/regiment/v1/delivery_service_pb";

export type Tab = "status" | "outbox" | "quarantine" | "schedule" | "policy";

/** What the page's address says. */
export interface SystemSearch {
  tab?: Tab | undefined;
  state?: keyof typeof STATES | undefined;
  closed?: true | undefined;
  /** Whose schedule is shown; the practice's own where nobody is named. */
  client?: string | undefined;
}

const TABS: Record<Tab, true> = {
  status: true,
  outbox: true,
  quarantine: true,
  schedule: true,
  policy: true,
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

export function readSearch(raw: Record<string, unknown>): SystemSearch {
  return said({
    tab: oneOf(raw.tab, TABS),
    state: oneOf(raw.state, STATES),
    client: text(raw.client),
    closed: raw.closed === true ? true : undefined,
  });
}
