import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useApi } from "@/api/api";
import { useNow } from "@/app/now";
import { Failed, Loading } from "@/ui/empty";
import { Table } from "@/ui/table";
import { severityName } from "@/words/names";
import { ago, whole } from "@/words/time";
import { duration, lagTone, seconds, type Tone } from "./health";

/** The state of the system in eight figures, and the bots that are connected. */
export function Status() {
  const api = useApi();
  const now = useNow();
  const status = useQuery({
    queryKey: ["system", "status"],
    queryFn: ({ signal }) => api.system.getStatus({}, { signal }),
    refetchInterval: 10_000,
  });
  if (status.isPending) {
    return <Loading what="the status" />;
  }
  if (!status.data) {
    return <Failed error={status.error} retry={() => status.refetch()} />;
  }
  const it = status.data;
  const lag = seconds(it.schedulerLag);
  const oldest = seconds(it.oldestDueAge);
  const waiting = it.pendingDeliveries.reduce((sum, { count }) => sum + count, 0);
  const alerts = it.openAlerts.reduce((sum, { count }) => sum + count, 0);
  const since = (time: Parameters<typeof timestampDate>[0] | undefined) =>
    time ? ago(timestampDate(time), now) : "never";
  return (
    <section aria-label="Status">
      <dl className="grid grid-cols-2 gap-3 md:grid-cols-4">
        <Tile label="Scheduler lag" tone={lagTone(lag)} value={duration(lag)}>
          last decided {since(it.lastTickTime)}
        </Tile>
        <Tile label="Next trigger" value={it.nextDueTime ? since(it.nextDueTime) : "none"}>
          policy version {it.policyVersion}
        </Tile>
        <Tile label="Outbox" value={String(waiting)}>
          {oldest > 0 ? `oldest due for ${duration(oldest)}` : "nothing is due"}
        </Tile>
        <Tile label="Open alerts" tone={alerts > 0 ? "warn" : "good"} value={String(alerts)}>
          {it.openAlerts.map(({ severity, count }) => `${count} ${severityName[severity]}`).join(", ") ||
            "all quiet"}
        </Tile>
        <Tile
          label="Bots"
          tone={it.hasBot && it.bots.length === 0 ? "bad" : "plain"}
          value={String(it.bots.length)}
        >
          {it.hasBot ? "messages wait for one" : "none is set up"}
        </Tile>
        <Tile
          label="Quarantine"
          tone={it.quarantinedRecords > 0 ? "warn" : "good"}
          value={String(it.quarantinedRecords)}
        >
          records that could not be read
        </Tile>
        <Tile label="Last backup" value={since(it.lastBackupTime)}>
          {it.lastBackupTime ? whole(timestampDate(it.lastBackupTime)) : "none is known of"}
        </Tile>
        <Tile label="Build" value={it.buildVersion}>
          answered {since(it.time)}
        </Tile>
      </dl>
      {it.bots.length > 0 ? (
        <div className="mt-6">
          <Table label="Bots" columns={["Bot", "Version", "Gateway", "Refused requests", "Seen"]}>
            {it.bots.map((bot) => (
              <tr key={bot.botId}>
                <td>{bot.botId}</td>
                <td className="text-muted">{bot.version}</td>
                <td>{bot.isConnected ? "connected" : "away"}</td>
                <td className="text-muted">{bot.invalidRequests} of 10,000 in 10 minutes</td>
                <td className="text-muted">{since(bot.seenTime)}</td>
              </tr>
            ))}
          </Table>
        </div>
      ) : null}
    </section>
  );
}

const TONES: Record<Tone, string> = { plain: "", good: "text-good", warn: "text-high", bad: "text-critical" };

function Tile({
  label,
  value,
  tone = "plain",
  children,
}: {
  label: string;
  value: string;
  tone?: Tone;
  children: ReactNode;
}) {
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2.5">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className={`text-lg leading-7 font-semibold ${TONES[tone]}`}>{value}</dd>
      <dd className="min-h-4 truncate text-xs text-muted">{children}</dd>
    </div>
  );
}
