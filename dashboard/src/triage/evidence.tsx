import { ThumbsDown, ThumbsUp } from "lucide-react";
import { Sparkline } from "@/charts/sparkline";
import { useLifts } from "@/clients/summary";
import type { DaySummary } from "@/gen/regiment/v1/client_service_pb";
import { type Evidence, FlagJudgment, type JobCard } from "@/gen/regiment/v1/job_card_service_pb";
import type { Lift } from "@/gen/regiment/v1/log_service_pb";
import { Tag } from "@/ui/badge";
import { figures } from "@/words/figures";
import { partsOf, says } from "@/words/flags";
import { userIdOf } from "@/words/names";
import { dayMonth, span } from "@/words/time";
import { isAboutLift, liftSeries, type Series, seriesOf } from "./series";

/** Everything behind one flag: its numbers, its dates, its window, and the days around it. */
export function EvidencePanel({
  card,
  evidence,
  days,
  onJudge,
}: {
  card: JobCard;
  evidence: Evidence;
  days: readonly DaySummary[];
  onJudge?: ((judgment: FlagJudgment) => void) | undefined;
}) {
  const raised = card.flags.includes(evidence.flag);
  const lift = useLift(card, evidence);
  const said = says(evidence.flag, lift?.exercise);
  return (
    <li className="grid gap-x-5 gap-y-2 border-t border-line py-3 first:border-t-0 sm:grid-cols-[1fr_220px]">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <h4 className="font-medium">{said}</h4>
          {evidence.carried ? <Tag>carried over</Tag> : null}
          {raised ? null : <Tag>note</Tag>}
        </div>
        {evidence.detail ? <p className="mt-0.5 text-sm">{evidence.detail}</p> : null}
        <dl className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {figures(evidence.numbers).map(({ label, value }) => (
            <div key={label} className="flex gap-1.5">
              <dt className="text-muted">{label}</dt>
              <dd className="font-medium">{value}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-1 text-xs text-muted">
          {evidence.windowStart ? `${span(evidence.windowStart, evidence.windowEnd)}` : null}
          {evidence.dates.length > 0 ? ` · on ${evidence.dates.map(dayMonth).join(", ")}` : null}
        </p>
      </div>
      <div className="flex items-start justify-between gap-2 sm:flex-col sm:items-stretch">
        <Picture evidence={evidence} days={days} lift={lift} />
        {onJudge && raised ? (
          <div className="flex items-center justify-end gap-1 text-xs text-muted">
            <span>Right call?</span>
            <JudgeButton label={`Right: ${said}`} onClick={() => onJudge(FlagJudgment.RIGHT)}>
              <ThumbsUp size={14} aria-hidden />
            </JudgeButton>
            <JudgeButton label={`Wrong: ${said}`} onClick={() => onJudge(FlagJudgment.WRONG)}>
              <ThumbsDown size={14} aria-hidden />
            </JudgeButton>
          </div>
        ) : null}
      </div>
    </li>
  );
}

function JudgeButton({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="grid size-6 place-items-center rounded hover:bg-raised hover:text-text"
    >
      {children}
    </button>
  );
}

/** The exercise that a piece of evidence is about; nothing where it is about none. */
function useLift(card: JobCard, evidence: Evidence): Lift | undefined {
  const lifts = useLifts(userIdOf(card.name), isAboutLift(evidence.flag));
  const { about } = partsOf(evidence.flag);
  return lifts.data?.find(({ exerciseId }) => exerciseId === about);
}

function Picture({
  evidence,
  days,
  lift,
}: {
  evidence: Evidence;
  days: readonly DaySummary[];
  lift: Lift | undefined;
}) {
  const aboutLift = isAboutLift(evidence.flag);
  const series = aboutLift ? liftSeries(lift ?? { sets: [] }) : seriesOf(evidence.flag, days);
  const n_values = series.points.filter(({ value }) => value !== null).length;
  if (n_values < 2) {
    return null;
  }
  const window = evidence.windowStart ? { from: evidence.windowStart, to: evidence.windowEnd } : undefined;
  return (
    <div className="min-w-0">
      <Sparkline
        title={series.title}
        description={described(series, evidence.dates)}
        points={series.points}
        marked={evidence.dates}
        window={aboutLift ? undefined : window}
        domain={series.domain}
      />
      <p className="mt-0.5 text-[0.6875rem] text-muted">
        {series.title}, {span(series.points[0]?.date ?? "", series.points.at(-1)?.date ?? "")}
      </p>
    </div>
  );
}

/** The table twin of a sparkline: what it shows, for those who don't see it. */
export function described({ points }: Series, marked: readonly string[]): string {
  const said = points.flatMap(({ date, value }) =>
    value === null
      ? []
      : [`${dayMonth(date)} ${Number(value.toFixed(2))}${marked.includes(date) ? " (marked)" : ""}`],
  );
  return said.join(", ");
}
