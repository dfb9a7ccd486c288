import type { JobCard } from "@/gen/regiment/v1/job_card_service_pb";

/** The card a step away from the one in hand; the ends hold. */
export function step(cards: readonly JobCard[], current: string, by: number): string {
  const at = cards.findIndex(({ name }) => name === current);
  const to = at < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, at + by));
  return cards[to]?.name ?? "";
}

/** Adds a card to the chosen ones, or takes it out. */
export function toggled(chosen: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(name)) {
    next.add(name);
  }
  return next;
}

/** The cards that a decision is about: the chosen ones, or the one in hand. */
export function inHand(
  cards: readonly JobCard[],
  chosen: ReadonlySet<string>,
  current: JobCard | undefined,
): JobCard[] {
  const picked = cards.filter(({ name }) => chosen.has(name));
  return picked.length > 0 ? picked : current ? [current] : [];
}
