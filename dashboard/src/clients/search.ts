import { oneOf, said, text } from "@/app/address";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { ClientStatus, Goal } from "@/gen/regiment/v1/client_service_pb";

/** What the page's address says. */
export interface ClientsSearch {
  q?: string | undefined;
  group?: Group | undefined;
  goal?: "cut" | "bulk" | "recomp" | undefined;
  flag?: string | undefined;
  sort?: Sort | undefined;
}

/** Who a coach looks at together. */
export type Group = "attention" | "track" | "paused" | "pending" | "archived";

export type Sort = "name" | "adherence" | "risk" | "streak";

const GROUPS: Record<Group, true> = {
  attention: true,
  track: true,
  paused: true,
  pending: true,
  archived: true,
};
const GOALS = { cut: Goal.CUT, bulk: Goal.BULK, recomp: Goal.RECOMP };
const SORTS: Record<Sort, true> = { name: true, adherence: true, risk: true, streak: true };

export function readSearch(raw: Record<string, unknown>): ClientsSearch {
  return said({
    q: text(raw.q),
    group: oneOf(raw.group, GROUPS),
    goal: oneOf(raw.goal, GOALS),
    flag: text(raw.flag),
    sort: oneOf(raw.sort, SORTS),
  });
}

/** The group that a client belongs to. */
export function groupOf(client: Client): Group {
  if (client.status === ClientStatus.ARCHIVED) {
    return "archived";
  }
  if (client.status === ClientStatus.PENDING) {
    return "pending";
  }
  if (client.paused) {
    return "paused";
  }
  return (client.summary?.openCards ?? 0) > 0 ? "attention" : "track";
}

/** How many clients each group has. */
export function counts(clients: readonly Client[]): Record<Group, number> {
  const n: Record<Group, number> = { attention: 0, track: 0, paused: 0, pending: 0, archived: 0 };
  for (const client of clients) {
    n[groupOf(client)] += 1;
  }
  return n;
}

/** The clients that an address asks for, those who need the coach most first. Archived ones only where asked for. */
export function shown(clients: readonly Client[], search: ClientsSearch): Client[] {
  const { q, group, goal, flag, sort } = search;
  const wanted = q?.trim().toLowerCase() ?? "";
  const found = clients.filter((client) => {
    const itsGroup = groupOf(client);
    return (
      (group ? itsGroup === group : itsGroup !== "archived") &&
      (!goal || client.goal === GOALS[goal]) &&
      (!flag || (client.summary?.flags ?? []).some((one) => one === flag || one.startsWith(`${flag}:`))) &&
      [client.displayName, client.alias, client.userId].some((one) => one.toLowerCase().includes(wanted))
    );
  });
  return found.sort(orderOf(sort));
}

/** The share done over the last days of a client; missing where nothing counted. */
export function doneOver(client: Client, n_days: number): number | null {
  const days = (client.summary?.days ?? []).slice(-n_days);
  const assigned = days.reduce((sum, day) => sum + day.assigned, 0);
  return assigned === 0 ? null : days.reduce((sum, day) => sum + day.done, 0) / assigned;
}

/** How much less was done in the last week than over four, in shares; missing where either has nothing. */
export function drop(client: Client): number | null {
  const week = doneOver(client, 7);
  const month = doneOver(client, 28);
  return week === null || month === null ? null : month - week;
}

function orderOf(sort: Sort | undefined): (a: Client, b: Client) => number {
  const last = Number.POSITIVE_INFINITY;
  const keys: Record<Sort, (client: Client) => number> = {
    name: () => 0,
    adherence: (client) => doneOver(client, 7) ?? last,
    risk: (client) => -(client.summary?.lapseRisk ?? -1),
    streak: (client) => -(client.summary?.streak ?? 0),
  };
  const key = sort ? keys[sort] : (client: Client) => -(client.summary?.need ?? -1);
  return (a, b) => key(a) - key(b) || nameOf(a).localeCompare(nameOf(b));
}

export function nameOf(client: Pick<Client, "displayName" | "alias" | "userId">): string {
  return client.displayName || client.alias || client.userId;
}
