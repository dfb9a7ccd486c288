import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { BellOff } from "lucide-react";
import { useApi } from "@/api/api";
import { useAttempt } from "@/app/attempt";
import { useNow } from "@/app/now";
import { useSession } from "@/app/session";
import { ClientLink } from "@/clients/link";
import { SeverityBadge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { capital, plain } from "@/words/flags";
import { ago, whole } from "@/words/time";

const route = getRouteApi("/system");

/** What wants a look. A condition of the system closes by itself; anything else by whoever has seen to it. */
export function Alerts() {
  const api = useApi();
  const now = useNow();
  const { closed = false } = route.useSearch();
  const navigate = route.useNavigate();
  const { mayDecide } = useSession();
  const attempt = useAttempt("system");
  const alerts = useQuery({
    queryKey: ["system", "alerts", closed],
    queryFn: async ({ signal }) =>
      (await api.system.listAlerts({ showClosed: closed, pageSize: 200 }, { signal })).alerts,
  });
  return (
    <section className="mt-8" aria-label="Alerts">
      <div className="mb-1 flex items-center">
        <h2 className="font-medium">Alerts</h2>
        <label className="ml-auto flex items-center gap-2 text-sm text-muted">
          <input
            type="checkbox"
            checked={closed}
            onChange={(event) =>
              navigate({
                search: (before) => ({ ...before, closed: event.target.checked || undefined }),
                replace: true,
              })
            }
          />
          Closed ones too
        </label>
      </div>
      {alerts.isPending ? (
        <Loading what="the alerts" />
      ) : !alerts.data ? (
        <Failed error={alerts.error} retry={() => alerts.refetch()} />
      ) : alerts.data.length === 0 ? (
        <Empty Icon={BellOff} title="No alert.">
          Whatever goes wrong shows here, and in the coaches' channel.
        </Empty>
      ) : (
        <ul>
          {alerts.data.map((alert) => (
            <li
              key={alert.name}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line py-2 text-sm"
            >
              <span className="w-20">
                <SeverityBadge severity={alert.severity} />
              </span>
              <span className="min-w-60 flex-1">
                {alert.text ? capital(alert.text) : plain(alert.kind)}
                {alert.count > 1 ? <span className="text-muted"> ({alert.count} times)</span> : null}
              </span>
              {alert.client ? <ClientLink name={alert.client} /> : null}
              {alert.raiseTime ? (
                <time className="text-muted" title={whole(timestampDate(alert.raiseTime))}>
                  {ago(timestampDate(alert.raiseTime), now)}
                </time>
              ) : null}
              {alert.closeTime ? (
                <span className="text-muted">closed by {alert.closedBy}</span>
              ) : mayDecide ? (
                <Button
                  onClick={() =>
                    attempt(
                      (requestId) => api.system.acknowledgeAlert({ name: alert.name, requestId }),
                      "Closed the alert.",
                    )
                  }
                >
                  Seen to
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
