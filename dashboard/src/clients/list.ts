import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";
import { type Client, ClientView } from "@/gen/regiment/v1/client_service_pb";

const PAGE_SIZE = 1000;

/** Every client with what a coach reads at a glance. */
export function useClients() {
  const api = useApi();
  return useQuery({
    queryKey: ["clients", "list"],
    queryFn: async ({ signal }) => {
      const clients: Client[] = [];
      let pageToken = "";
      do {
        const page = await api.clients.listClients(
          { view: ClientView.SUMMARY, pageSize: PAGE_SIZE, pageToken },
          { signal },
        );
        clients.push(...page.clients);
        pageToken = page.nextPageToken;
      } while (pageToken);
      return clients;
    },
  });
}
