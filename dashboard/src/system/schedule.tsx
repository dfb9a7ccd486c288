import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CalendarClock } from "lucide-react";
import { useState } from "react";
import { useApi } from "@/api/api";
import { useNow } from "@/app/now";
import { ClientLink } from "@/clients/link";
import { useClients } from "@/clients/list";
import { nameOf } from "@/clients/search";
import type { Occurrence, Run } from "@/gen/regiment/v1/engine_service_pb";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Select } from "@/ui/field";
import { Table } from "@/ui/table";
import { triggerName } from "@/words/names";
import { ago, shortDate, whole } from "@/words/time";
import { TriggerDialog } from "./trigger";

const route = getRouteApi("/system");

/** How many runs of the ledger are shown. */
const N_RUNS = 200;

/** What falls due next, and what has run: every occurrence with its one outcome. Of a client, or of everybody. */
export function Schedule() {
  const api = useApi();
  const { client = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const clients = useClients();
  const name = client ? `clients/${client}` : "";
  const due = useQuery({
    queryKey: ["system", "schedule", name],
    queryFn: async ({ signal }) => (await api.engines.listSchedule({ client: name }, { signal })).occurrences,
  });
  const runs = useQuery({
    queryKey: ["system", "runs", name],
    queryFn: async ({ signal }) =>
      (await api.engines.listRuns({ client: name, pageSize: N_RUNS }, { signal })).runs,
  });
  const known = new Map((clients.data ?? []).map((one) => [one.userId, nameOf(one)]));
  return (
    <>
      <Select
        aria-label="Whose schedule"
        className="!w-60"
        value={client}
        onChange={({ target }) =>
          navigate({ search: (before) => ({ ...before, client: target.value || undefined }), replace: true })
        }
      >
        <option value="">The practice</option>
        {[...known].map(([userId, label]) => (
          <option key={userId} value={userId}>
            {label}
          </option>
        ))}
      </Select>
      {due.isPending || runs.isPending ? (
        <Loading what="the schedule" />
      ) : !due.data || !runs.data ? (
        <Failed error={due.error ?? runs.error} retry={() => Promise.all([due.refetch(), runs.refetch()])} />
      ) : (
        <div className="mt-5 grid gap-x-10 gap-y-8 xl:grid-cols-[24rem_minmax(0,1fr)]">
          <Due occurrences={due.data} client={name} who={known.get(client) ?? client} />
          <Runs runs={runs.data} />
        </div>
      )}
    </>
  );
}

function Due({
  occurrences,
  client,
  who,
}: {
  occurrences: readonly Occurrence[];
  client: string;
  who: string;
}) {
  const now = useNow();
  const [asked, setAsked] = useState<Occurrence | null>(null);
  return (
    <section>
      <h2 className="mb-1 font-medium">Next</h2>
      {occurrences.length === 0 ? (
        <Empty Icon={CalendarClock} title="Nothing falls due." />
      ) : (
        <ul className="text-sm">
          {occurrences.map((occurrence) => (
            <li
              key={occurrence.trigger}
              className="flex min-h-10 items-center gap-3 border-t border-line py-1.5"
            >
              <span className="flex-1">
                {triggerName(occurrence.trigger)}
                {occurrence.date ? (
                  <span className="text-muted"> of {shortDate(occurrence.date)}</span>
                ) : null}
              </span>
              {occurrence.dueTime ? (
                <time className="text-muted" title={whole(timestampDate(occurrence.dueTime))}>
                  {ago(timestampDate(occurrence.dueTime), now)}
                </time>
              ) : null}
              {client ? (
                <Button
                  tone="quiet"
                  aria-label={`Trigger ${triggerName(occurrence.trigger)} by hand`}
                  onClick={() => setAsked(occurrence)}
                >
                  Trigger
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {asked ? (
        <TriggerDialog client={client} who={who} trigger={asked.trigger} onClose={() => setAsked(null)} />
      ) : null}
    </section>
  );
}

function Runs({ runs }: { runs: readonly Run[] }) {
  return (
    <section className="min-w-0">
      <h2 className="mb-1 font-medium">Has run</h2>
      {runs.length === 0 ? (
        <Empty title="Nothing has run yet." />
      ) : (
        <Table
          label="Runs"
          columns={["Trigger", "For", "Occurrence", "Outcome", { label: "Late by", look: "right" }]}
          minWidth="44rem"
        >
          {runs.map((run) => (
            <tr key={`${run.client} ${run.trigger} ${run.occurrence}`}>
              <td>{triggerName(run.trigger)}</td>
              <td>
                {run.client ? (
                  <ClientLink name={run.client} />
                ) : (
                  <span className="text-muted">the practice</span>
                )}
              </td>
              <td>
                {occurrenceSaid(run.occurrence)}
                {run.resolution && run.resolution !== "exact" ? (
                  <span className="text-muted"> ({run.resolution.replaceAll("_", " ")})</span>
                ) : null}
              </td>
              <td className={run.outcome === "dead" ? "text-critical" : ""}>
                {run.outcome.replaceAll("_", " ")}
              </td>
              <td className="text-right text-muted">{lateness(run)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

/** A local date, or an instant of the practice's own. */
function occurrenceSaid(occurrence: string): string {
  return occurrence.includes("T") ? whole(new Date(occurrence)) : shortDate(occurrence);
}

function lateness({ dueTime, fireTime }: Run): string {
  if (!dueTime || !fireTime) {
    return "–";
  }
  const ms = timestampDate(fireTime).getTime() - timestampDate(dueTime).getTime();
  return `${(ms / 1000).toFixed(1)} s`;
}
