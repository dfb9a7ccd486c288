import { timestampDate } from "@bufbuild/protobuf/wkt";
import { getRouteApi } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, Pencil } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import { useLifts, useLogs } from "@/clients/summary";
import { type Client, Stream } from "@/gen/regiment/v1/client_service_pb";
import { type Log, LogStatus, MissCause } from "@/gen/regiment/v1/log_service_pb";
import { Tag } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Table } from "@/ui/table";
import { number } from "@/words/figures";
import { levelName, moodName, sleepName, streamName } from "@/words/names";
import { plusDays, shortDate, span, whole } from "@/words/time";
import { OverrideDialog } from "./override";

const route = getRouteApi("/clients/$userId");

const LAST_WEEK = 6;

/** Seven days of one kind of log, with what was corrected where wanted. */
export function LogsTab({ client, today, stream }: { client: Client; today: string; stream: Stream }) {
  const { to: asked, revisions = false } = route.useSearch();
  const navigate = route.useNavigate();
  const { mayDecide } = useSession();
  const [overriding, setOverriding] = useState<Log | null>(null);
  const to = asked ?? today;
  const from = plusDays(to, -LAST_WEEK);
  const lifts = useLifts(client.userId, stream === Stream.TRAINING);
  const nameOf = (log: Log) =>
    lifts.data?.find(({ exerciseId }) => exerciseId === log.item)?.exercise ?? itemName(log);
  const logs = useLogs(client.userId, { streams: [stream], from, to, revisions });
  const turn = (days: number) => {
    const next = plusDays(to, days);
    navigate({ search: (before) => ({ ...before, to: next >= today ? undefined : next }), replace: true });
  };
  const rows = logs.data ?? [];
  const counting = latest(rows);
  return (
    <section>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Button tone="quiet" aria-label="A week earlier" onClick={() => turn(-7)}>
          <ChevronLeft size={15} aria-hidden />
        </Button>
        <h3 className="font-medium">{span(from, to)}</h3>
        <Button tone="quiet" aria-label="A week later" disabled={to >= today} onClick={() => turn(7)}>
          <ChevronRight size={15} aria-hidden />
        </Button>
        <label className="ml-auto flex items-center gap-2 text-sm text-muted">
          <input
            type="checkbox"
            checked={revisions}
            onChange={(event) =>
              navigate({
                search: (before) => ({ ...before, revisions: event.target.checked || undefined }),
                replace: true,
              })
            }
          />
          Earlier revisions too
        </label>
      </div>
      {logs.isPending ? (
        <Loading what="the logs" />
      ) : logs.isError && !logs.data ? (
        <Failed error={logs.error} retry={() => logs.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={`No ${streamName[stream]} was logged in these seven days.`}>
          Nothing was asked for, or nothing has been closed yet.
        </Empty>
      ) : (
        <Table
          label="Logs"
          columns={["Date", "Item", "Outcome", "Reported", "Entered", { label: "Override", look: "hidden" }]}
          minWidth="40rem"
        >
          {rows.map((log) => {
            const counts = counting.has(`${log.name} ${log.revision}`);
            return (
              <tr key={`${log.name} ${log.revision}`} className={counts ? "" : "text-muted line-through"}>
                <td className="whitespace-nowrap">{shortDate(log.date)}</td>
                <td>{nameOf(log)}</td>
                <td>
                  <Outcome log={log} />
                </td>
                <td>{reported(log)}</td>
                <td className="text-muted">
                  {log.enteredAt ? whole(timestampDate(log.enteredAt)) : ""}
                  {log.overrideReason ? ` · override: ${log.overrideReason}` : ""}
                </td>
                <td className="text-right">
                  {mayDecide && counts ? (
                    <Button
                      tone="quiet"
                      aria-label={`Override ${nameOf(log)} of ${log.date}`}
                      onClick={() => setOverriding(log)}
                    >
                      <Pencil size={13} aria-hidden />
                    </Button>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </Table>
      )}
      {overriding ? (
        <OverrideDialog client={client} log={overriding} onClose={() => setOverriding(null)} />
      ) : null}
    </section>
  );
}

function Outcome({ log }: { log: Log }) {
  switch (log.status) {
    case LogStatus.COMPLETED:
      return <Tag tone="good">done</Tag>;
    case LogStatus.UNDERPERFORMED:
      return <Tag tone="medium">cut short</Tag>;
    default:
      return log.cause ? (
        <Tag>{log.cause === MissCause.EXCUSED ? "excused" : "not delivered"}</Tag>
      ) : (
        <Tag tone="critical">missed</Tag>
      );
  }
}

/** The revisions that count: of every log the newest. */
export function latest(logs: readonly Log[]): ReadonlySet<string> {
  const newest = new Map<string, number>();
  for (const { name, revision } of logs) {
    newest.set(name, Math.max(revision, newest.get(name) ?? 0));
  }
  return new Set([...newest].map(([name, revision]) => `${name} ${revision}`));
}

function itemName(log: Log): string {
  const words = log.item.replace(/^ex_/, "").replace(/^template_[a-z]_/, "");
  return words.replaceAll("_", " ") || streamName[log.stream];
}

/** What was reported, in a line. */
export function reported({ report }: Log): string {
  switch (report.case) {
    case "topSet":
      return `${number(report.value.weightKg, 1)} kg × ${report.value.reps}`;
    case "cardio":
      return `${report.value.actual ?? 0} of ${report.value.assigned} min`;
    case "checkin": {
      const { weightKg, mood, sleep, soreness, stress, notes, weightUnconfirmed } = report.value;
      const said = [
        `${number(weightKg, 1)} kg${weightUnconfirmed ? " (not confirmed)" : ""}`,
        `mood ${moodName[mood]}`,
        `slept ${sleepName[sleep]}`,
        `soreness ${levelName[soreness]}`,
        `stress ${levelName[stress]}`,
      ];
      return `${said.join(", ")}${notes ? `. “${notes}”` : ""}`;
    }
    default:
      return "";
  }
}
