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
      {days.map((day, index) => {
        const share = shareDone(day);
        return share === null ? (
          <circle key={day.date} cx={index * CELL + 2.5} cy={14} r={1} className="fill-line" />
        ) : (
          <rect
            key={day.date}
            x={index * CELL}
            width={CELL - 1}
            y={16 - Math.max(2, share * 14)}
            height={Math.max(2, share * 14)}
            rx={1}
            className={share < 0.5 ? "fill-critical" : share < 0.8 ? "fill-medium" : "fill-good"}
          />
        );
      })}
    </svg>
  );
}
