import { useQuery } from "@tanstack/react-query";
import { FileCheck } from "lucide-react";
import { useApi } from "@/api/api";
import { useAttempt } from "@/app/attempt";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { userIdOf } from "@/words/names";

/** Records that could not be read, as they came, with what is wrong with them. */
export function Quarantine() {
  const api = useApi();
  const attempt = useAttempt("system");
  const records = useQuery({
    queryKey: ["system", "quarantine"],
    queryFn: async ({ signal }) =>
      (await api.system.listQuarantinedRecords({ pageSize: 200 }, { signal })).records,
  });
  if (records.isPending) {
    return <Loading what="the quarantine" />;
  }
  if (!records.data) {
    return <Failed error={records.error} retry={() => records.refetch()} />;
  }
  if (records.data.length === 0) {
    return (
      <Empty Icon={FileCheck} title="Every record could be read.">
        What an import can't read is kept here, with what is wrong with it.
      </Empty>
    );
  }
  return (
    <ul>
      {records.data.map(({ name, client, date, source, line, reason, record }) => (
        <li key={name} className="border-t border-line py-3 text-sm">
          <div className="flex flex-wrap items-center gap-x-4">
            <strong className="font-medium">{reason}</strong>
            <span className="text-muted">
              {[
                client ? `client ${userIdOf(client)}` : "",
                date,
                line > 0 ? `${source}, line ${line}` : source,
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
            <span className="ml-auto">
              <Button
                tone="quiet"
                onClick={() =>
                  attempt(
                    (requestId) => api.system.releaseQuarantinedRecord({ name, requestId }),
                    "Released: its flag goes with the next scan.",
                  )
                }
              >
                Release
              </Button>
              <Button
                tone="quiet"
                onClick={() =>
                  attempt(
                    (requestId) => api.system.discardQuarantinedRecord({ name, requestId }),
                    "Given up: it does not come back.",
                  )
                }
              >
                Discard
              </Button>
            </span>
          </div>
          <pre className="mt-1.5 overflow-x-auto rounded-md border border-line bg-surface p-2 text-xs">
            {record}
          </pre>
        </li>
      ))}
    </ul>
  );
}
