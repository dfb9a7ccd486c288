const DAY_MS = 86_400_000;

/** A local date `YYYY-MM-DD`, some days on. */
export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days lie from one local date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** `Mon 24 Nov`; with the year where it is another one than `today`'s. */
export function shortDate(date: string, today = new Date().toISOString().slice(0, 10)): string {
  if (!date) {
    return "";
  }
  const parts = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
    ...(date.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" }),
  });
  return parts.format(new Date(`${date}T00:00:00Z`)).replace(",", "");
}

/** `24 Nov`. */
export function dayMonth(date: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return parts.format(new Date(`${date}T00:00:00Z`));
}

/** `24 Nov to 30 Nov`. */
export function span(from: string, to: string): string {
  return from === to ? dayMonth(from) : `${dayMonth(from)} to ${dayMonth(to)}`;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 d ago`, `in 40 min`. */
export function ago(then: Date, now: Date): string {
  const seconds = (now.getTime() - then.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) {
    return "just now";
  }
  const amount =
    size < 3_600
      ? `${Math.max(1, Math.round(size / 60))} min`
      : size < 86_400
        ? `${Math.round(size / 3_600)} h`
        : `${Math.round(size / 86_400)} d`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

/** The clock of somebody whose offset from UTC is known: `05:58`. */
export function localClock(now: Date, offsetSeconds: number): string {
  return new Date(now.getTime() + offsetSeconds * 1000).toISOString().slice(11, 16);
}

/** The instant at which it is `clock` on the day after `now` for somebody with that offset from UTC. */
export function tomorrowAt(now: Date, offsetSeconds: number, clock: string): Date {
  const today = new Date(now.getTime() + offsetSeconds * 1000).toISOString().slice(0, 10);
  return new Date(Date.parse(`${plusDays(today, 1)}T${clock}:00Z`) - offsetSeconds * 1000);
}

/** The whole instant, for a hover: `Mon 24 Nov 2026, 05:30 UTC`. */
export function whole(then: Date): string {
  return `${shortDate(then.toISOString().slice(0, 10), "")}, ${then.toISOString().slice(11, 16)} UTC`;
}

/** The instant on the reader's own clock, to the second: `Mon 24 Nov 2026, 06:30:12`. */
export function here(then: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    ...(timeZone ? { timeZone } : {}),
  });
  return parts.format(then).replace(/^(\w+),/, "$1");
}
