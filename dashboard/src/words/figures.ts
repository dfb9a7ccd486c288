/** A figure of a card's evidence, as a coach reads it. */
export interface Figure {
  label: string;
  value: string;
}

/** Places in a text, and answers of yes or no: they help programs, not people. */
const HIDDEN = new Set([
  "phrase_start",
  "phrase_end",
  "contradicts_stalled_lift",
  "contradicts_weight_stall",
]);

const UNITS: [suffix: string, unit: string, digits: number][] = [
  ["_percent_per_week", "% a week", 2],
  ["percent_per_week", "% a week", 2],
  ["_percent", "%", 2],
  ["_kg_per_week", "kg a week", 2],
  ["kg_per_week", "kg a week", 2],
  ["_kg", "kg", 1],
  ["_minutes", "min", 0],
];

/** Shares of one are said in percent. */
const SHARES = /^(adherence|adherence_usual|probability.*|.*_share|share|priority|risk)$/;

/** Words the figures of one piece of evidence, in the order of their names. An interval is one figure. */
export function figures(numbers: Record<string, number>): Figure[] {
  return Object.entries(numbers)
    .filter(([name]) => !HIDDEN.has(name) && !isLimitOf(name, numbers))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const low = numbers[`${name}_low`];
      const high = numbers[`${name}_high`];
      const interval =
        low !== undefined && high !== undefined ? ` (${amount(name, low)} to ${said(name, high)})` : "";
      return { label: label(name), value: `${said(name, value)}${interval}` };
    });
}

/** `-0.42` with a true minus sign, and no sign on a zero. */
export function number(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** `+0.4` or `−0.4`: a change. */
export function change(value: number, digits: number): string {
  const text = number(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

export function percent(share: number, digits = 0): string {
  return `${number(share * 100, digits)}%`;
}

function isLimitOf(name: string, numbers: Record<string, number>): boolean {
  const base = name.replace(/_(low|high)$/, "");
  return base !== name && numbers[base] !== undefined;
}

function unitOf(name: string): { unit: string; digits: number } | undefined {
  const found = UNITS.find(([suffix]) => name.endsWith(suffix) || name === suffix.replace(/^_/, ""));
  return found && { unit: found[1], digits: found[2] };
}

function amount(name: string, value: number): string {
  if (SHARES.test(name)) {
    return number(value * 100, 0);
  }
  return number(value, unitOf(name)?.digits ?? (Number.isInteger(value) ? 0 : 2));
}

function said(name: string, value: number): string {
  const unit = SHARES.test(name) ? "%" : (unitOf(name)?.unit ?? "");
  return `${amount(name, value)}${unit.startsWith("%") || unit === "" ? unit : ` ${unit}`}`;
}

function label(name: string): string {
  // Of a count that stands beside it.
  if (name === "percent") {
    return "share";
  }
  const words = name
    .replace(/^percent_per_week/, "change")
    .replace(/^kg_per_week$/, "drift")
    .replace(/_?(kg_per_week|percent_per_week|kg|percent)$/, "")
    .replace("e1rm", "e1RM")
    .replace("checkins", "check-ins")
    .replace("cusum", "running sum")
    .replaceAll("_", " ")
    .trim();
  return words || "change";
}
