import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";
import { useAttempt } from "@/app/attempt";
import { useNow } from "@/app/now";
import { useSession } from "@/app/session";
import { type Client, ExcuseDecision, type ExcuseRequest } from "@/gen/regiment/v1/client_service_pb";
import { Button } from "@/ui/button";
import { excuseReasonName, streamName } from "@/words/names";
import { ago, daysBetween, span } from "@/words/time";

/** What a client asks to be excused from, until a coach has answered. Meanwhile the deadlines run. */
export function ExcuseRequests({ client }: { client: Client }) {
  const api = useApi();
  const requests = useQuery({
    queryKey: ["clients", "excuses", client.userId],
    queryFn: async ({ signal }) =>
      (await api.clients.listExcuseRequests({ parent: client.name }, { signal })).excuseRequests,
  });
  return requests.data?.map((request) => <Request key={request.name} request={request} />);
}

function Request({ request: { name, span: asked, askTime } }: { request: ExcuseRequest }) {
  const api = useApi();
  const now = useNow();
  const attempt = useAttempt("clients");
  const { mayDecide } = useSession();
  if (!asked) {
    return null;
  }
  const decide = (decision: ExcuseDecision, done: string) =>
    attempt((requestId) => api.clients.decideExcuseRequest({ name, decision, requestId }), done);
  return (
    <div
      role="group"
      aria-label="Request to be excused"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-raised px-5 py-2 text-sm"
    >
      <p>
        <strong className="font-medium">Asks to be excused</strong> from{" "}
        {asked.streams.map((stream) => streamName[stream]).join(", ") || "everything"},{" "}
        {span(asked.fromDate, asked.untilDate)} ({daysSaid(asked.fromDate, asked.untilDate)}), for{" "}
        {excuseReasonName[asked.reason]}
        {askTime ? <span className="text-muted"> · {ago(timestampDate(askTime), now)}</span> : null}
      </p>
      {mayDecide ? (
        <span className="ml-auto flex gap-2">
          <Button onClick={() => decide(ExcuseDecision.GRANT, "Excused.")}>Grant</Button>
          <Button tone="quiet" onClick={() => decide(ExcuseDecision.REFUSE, "Refused.")}>
            Refuse
          </Button>
        </span>
      ) : null}
    </div>
  );
}

function daysSaid(from: string, until: string): string {
  const n = daysBetween(from, until) + 1;
  return n === 1 ? "1 day" : `${n} days`;
}
