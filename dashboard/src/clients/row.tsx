import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Lock, ShieldAlert } from "lucide-react";
import { memo } from "react";
import { AdherenceStrip } from "@/charts/strip";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { Avatar } from "@/ui/avatar";
import { change, number, percent } from "@/words/figures";
import { says } from "@/words/flags";
import { goalName, triggerName } from "@/words/names";
import { ago, localClock, shortDate } from "@/words/time";
import { TodayMarks } from "./marks";
import { MoodWeek } from "./mood";
import { doneOver, drop, groupOf, nameOf } from "./search";

export const ROW_HEIGHT = 44;

/** The columns: name, local time, today, 28 days, a week's share, weight, mood, standing, risk, flags. */
export const COLUMNS =
  "minmax(11rem,1.3fr) 8rem 7.75rem 11rem 5.5rem 9rem 4.5rem 4.5rem 3.5rem minmax(9rem,2fr)";

/** A fall of this much against the month is pointed out. */
const FELL = 0.2;

/** One client of the grid. */
export const ClientCells = memo(function ClientCells({ client, now }: { client: Client; now: Date }) {
  const { summary } = client;
  const group = groupOf(client);
  const week = doneOver(client, 7);
  const fell = drop(client);
  return (
    <>
      <span role="gridcell" className="flex min-w-0 items-center gap-2.5">
        <Avatar name={nameOf(client)} id={client.userId} size={26} />
        <span className="min-w-0">
          <span className="block truncate leading-4 font-medium">{nameOf(client)}</span>
          <span className="block truncate text-xs leading-4 text-muted">
            {[client.alias !== nameOf(client) ? client.alias : "", goalName[client.goal]]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </span>
      </span>
      <span role="gridcell" className="text-xs leading-4 text-muted">
        {summary ? (
          <span className="block text-sm text-text">{localClock(now, summary.utcOffsetSeconds)}</span>
        ) : null}
        {summary?.nextTriggerTime && group !== "paused" ? (
          <span className="block truncate">
            {triggerName(summary.nextTrigger)} {ago(timestampDate(summary.nextTriggerTime), now)}
          </span>
        ) : null}
      </span>
      <span role="gridcell">
        {group === "paused" || group === "pending" ? (
          <span className="inline-flex items-center gap-1 text-xs text-muted">
            <Lock size={12} aria-hidden />
            {group === "pending"
              ? "pending"
              : client.pausedUntil
                ? `until ${shortDate(client.pausedUntil)}`
                : "paused"}
          </span>
        ) : (
          <TodayMarks duties={summary?.duties ?? []} />
        )}
      </span>
      <span role="gridcell">{summary ? <AdherenceStrip days={summary.days} /> : null}</span>
      <span role="gridcell" className="text-right">
        {week === null ? <span className="text-muted">–</span> : percent(week)}
        {fell !== null && fell >= FELL ? (
          <span className="block text-xs leading-4 text-high">{`▼ ${percent(fell)}`}</span>
        ) : null}
      </span>
      <span role="gridcell" className="text-right text-sm leading-4">
        <span className="block">
          <span className="text-muted">{number(client.weightKg, 1)} → </span>
          {summary?.weightKg === undefined ? "–" : `${number(summary.weightKg, 1)} kg`}
        </span>
        {summary?.weightTrend ? (
          <span className="block text-xs text-muted">
            {change(summary.weightTrend.kgPerWeek, 2)} kg a week
          </span>
        ) : null}
      </span>
      <span role="gridcell">
        <MoodWeek days={summary?.days ?? []} />
      </span>
      <span role="gridcell" className="text-right text-sm">
        {summary?.events14Days ? (
          <span className={summary.events7Days >= 3 ? "text-critical" : ""}>
            {summary.events14Days}
            <span className="text-muted"> / 14 d</span>
          </span>
        ) : (
          <span className="text-muted">–</span>
        )}
      </span>
      <span role="gridcell" className="text-right text-sm">
        {summary?.lapseRisk === undefined ? (
          <span className="text-muted">–</span>
        ) : (
          percent(summary.lapseRisk)
        )}
      </span>
      <span role="gridcell" className="flex min-w-0 items-center gap-1.5 text-sm">
        {summary?.safety ? (
          <span className="inline-flex shrink-0 items-center gap-1 text-critical">
            <ShieldAlert size={14} aria-hidden />
            <span className="text-xs font-medium">safety</span>
          </span>
        ) : null}
        <span className="truncate text-muted">
          {(summary?.flags ?? []).map((flag) => says(flag)).join(" · ")}
        </span>
      </span>
    </>
  );
});
