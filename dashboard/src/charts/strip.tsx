import type { DaySummary } from "@/gen/regiment/v1/client_service_pb";
import { percent } from "@/words/figures";

/** What share of a day's items was done; missing where nothing counted. */
export function shareDone({ assigned, done }: Pick<DaySummary, "assigned" | "done">): number | null {
  return assigned === 0 ? null : done / assigned;
}

/** The share done over some days; missing where nothing counted in any of them. */
export function adherence(days: readonly Pick<DaySummary, "assigned" | "done">[]): number | null {
  const assigned = days.reduce((sum, day) => sum + day.assigned, 0);
  return assigned === 0 ? null : days.reduce((sum, day) => sum + day.done, 0) / assigned;
}

const CELL = 6;
const FOOT = 16;

type Tone = "none" | "low" | "middling" | "good";

const FILLS: Record<Tone, string> = {
  none: "fill-line",
  low: "fill-critical",
  middling: "fill-medium",
  good: "fill-good",
};

/** 28 days as cells: the fuller the greener, red where less than half was done, a dot where nothing counted. */
export function AdherenceStrip({ days }: { days: readonly DaySummary[] }) {
  const all = adherence(days);
  const label = all === null ? "No items yet" : `${percent(all)} done over ${days.length} days`;
  return (
    <svg
      role="img"
      aria-label={label}
      width={days.length * CELL}
      height={18}
      viewBox={`0 0 ${days.length * CELL} 18`}
      className="shrink-0"
    >
      {[...outlines(days)].map(([tone, outline]) => (
        <path key={tone} d={outline} className={FILLS[tone]} />
      ))}
    </svg>
  );
}

/** One outline for all days of a tone: a grid draws thousands of days. */
function outlines(days: readonly DaySummary[]): Map<Tone, string> {
  const drawn = new Map<Tone, string>();
  days.forEach((day, index) => {
    const share = shareDone(day);
    const tone = share === null ? "none" : share < 0.5 ? "low" : share < 0.8 ? "middling" : "good";
    const height = share === null ? 2 : Math.max(2, share * 14);
    const [x, width] = share === null ? [index * CELL + 1.5, 2] : [index * CELL, CELL - 1];
    const cell = `M${x} ${FOOT}v${-height}h${width}v${height}z`;
    drawn.set(tone, `${drawn.get(tone) ?? ""}${cell}`);
  });
  return drawn;
}
