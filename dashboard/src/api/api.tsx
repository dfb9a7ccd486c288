import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createContext, type ReactNode, use } from "react";
import { AuthService } from "@/gen/regiment/v1/auth_service_pb";
import { ClientService } from "@/gen/regiment/v1/client_service_pb";
import { JobCardService } from "@/gen/regiment/v1/job_card_service_pb";
import { LogService } from "@/gen/regiment/v1/log_service_pb";

/** What the server offers, one typed client for each service. */
export interface Api {
  auth: Client<typeof AuthService>;
  clients: Client<typeof ClientService>;
  logs: Client<typeof LogService>;
  cards: Client<typeof JobCardService>;
}

/** Reaches every service over one transport: the server's in a browser, one in memory in tests. */
export function reach(transport: Transport): Api {
  return {
    auth: createClient(AuthService, transport),
    clients: createClient(ClientService, transport),
    logs: createClient(LogService, transport),
    cards: createClient(JobCardService, transport),
  };
}

const Reached = createContext<Api | null>(null);

export function ApiProvider({ api, children }: { api: Api; children: ReactNode }) {
  return <Reached value={api}>{children}</Reached>;
}

export function useApi(): Api {
  const api = use(Reached);
  if (!api) {
    throw new Error("useApi needs an ApiProvider above it");
  }
  return api;
}
