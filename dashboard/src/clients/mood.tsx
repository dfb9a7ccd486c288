import { type DaySummary, Mood } from "@/gen/regiment/v1/client_service_pb";
import { moodName } from "@/words/names";

const HEIGHTS: Partial<Record<Mood, [y: number, color: string]>> = {
  [Mood.GREAT]: [4, "fill-good"],
  [Mood.OKAY]: [10, "fill-muted"],
  [Mood.BAD]: [16, "fill-critical"],
};

/** The mood of the last seven mornings: high is great, low is bad, nothing is no check-in. */
export function MoodWeek({ days }: { days: readonly DaySummary[] }) {
  const week = days.slice(-7);
  const said = week.map(({ checkin }) => (checkin ? moodName[checkin.mood] : "") || "none").join(", ");
  return (
    <svg role="img" aria-label={`Mood of the week: ${said}`} width={56} height={20} viewBox="0 0 56 20">
      {week.map(({ date, checkin }, index) => {
        const [y, color] = (checkin && HEIGHTS[checkin.mood]) ?? [10, "fill-line"];
        return <circle key={date} cx={4 + index * 8} cy={y} r={checkin ? 2.5 : 1} className={color} />;
      })}
    </svg>
  );
}
