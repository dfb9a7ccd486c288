/** Reads what an address says: whatever is not understood counts as not said. */

/** One value, as the address writes it. A number that would lose digits is somebody's id, and stays a text. */
export function readValue(written: string): unknown {
  const value: unknown = JSON.parse(written);
  return typeof value === "number" && String(value) !== written ? written : value;
}

/** One of some known words. */
export function oneOf<K extends string>(value: unknown, known: Record<K, unknown>): K | undefined {
  return typeof value === "string" && Object.hasOwn(known, value) ? (value as K) : undefined;
}

/** A text. What looks like a number is one by now, and is a text again. */
export function text(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : typeof value === "string" && value ? value : undefined;
}

/** Leaves out what was not said, so that addresses stay short. */
export function said<T extends object>(all: T): T {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T;
}
