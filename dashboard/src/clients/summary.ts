import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";
import { ClientView, type Stream } from "@/gen/regiment/v1/client_service_pb";

/** A client with what a coach reads at a glance. */
export function useClientAtAGlance(userId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["clients", "glance", userId],
    queryFn: async ({ signal }) => {
      const { clients } = await api.clients.listClients(
        { query: userId, view: ClientView.SUMMARY, pageSize: 20 },
        { signal },
      );
      return clients.find((client) => client.userId === userId) ?? null;
    },
    enabled: userId !== "",
    staleTime: 30_000,
  });
}

/** Every exercise of a client with its records, the last 112 dates, and where it goes. */
export function useLifts(userId: string, enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: ["logs", userId, "lifts"],
    queryFn: async ({ signal }) =>
      (await api.logs.listLifts({ client: `clients/${userId}`, pageSize: 1000 }, { signal })).lifts,
    enabled: enabled && userId !== "",
    staleTime: 30_000,
  });
}

/** The logs of a client between two local dates, newest first. */
export function useLogs(
  userId: string,
  {
    streams,
    from,
    to,
    revisions = false,
  }: { streams: Stream[]; from: string; to: string; revisions?: boolean },
  enabled = true,
) {
  const api = useApi();
  return useQuery({
    queryKey: ["logs", userId, streams, from, to, revisions],
    queryFn: async ({ signal }) => {
      const { logs } = await api.logs.listLogs(
        {
          client: `clients/${userId}`,
          streams,
          fromDate: from,
          toDate: to,
          showRevisions: revisions,
          pageSize: 1000,
        },
        { signal },
      );
      return logs;
    },
    enabled: enabled && userId !== "" && from !== "",
    staleTime: 30_000,
  });
}
