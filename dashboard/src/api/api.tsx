import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createContext, type ReactNode, use } from "react";
import { AuthService } from "@/gen/regiment/v1/auth_service_pb";
import { ClientService } from "@/gen/regiment/v1/client_service_pb";
import { DeliveryService } from "@/gen/regiment/v1/delivery_service_pb";
import { EngineService } from "@/gen/regiment/v1/engine_service_pb";
import { HonorsService } from "@/gen/regiment/v1/honors_service_pb";
import { InsightService } from "@/gen/regiment/v1/insight_service_pb";
import { JobCardService } from "@/gen/regiment/v1/job_card_service_pb";
import { LogService } from "@/gen/regiment/v1/log_service_pb";
import { SystemService } from "@/gen/regiment/v1/system_service_pb";
import { TemplateService } from "@/gen/regiment/v1/template_service_pb";
import { WatchService } from "@/gen/regiment/v1/watch_service_pb";

/** What the server offers, one typed client for each service. */
export interface Api {
  auth: Client<typeof AuthService>;
  clients: Client<typeof ClientService>;
  honors: Client<typeof HonorsService>;
  insight: Client<typeof InsightService>;
  logs: Client<typeof LogService>;
  cards: Client<typeof JobCardService>;
  deliveries: Client<typeof DeliveryService>;
  engines: Client<typeof EngineService>;
  system: Client<typeof SystemService>;
  templates: Client<typeof TemplateService>;
  watch: Client<typeof WatchService>;
}

/** Reaches every service over one transport: the server's in a browser, one in memory in tests. */
export function reach(transport: Transport): Api {
  return {
    auth: createClient(AuthService, transport),
    clients: createClient(ClientService, transport),
    honors: createClient(HonorsService, transport),
    insight: createClient(InsightService, transport),
    logs: createClient(LogService, transport),
    cards: createClient(JobCardService, transport),
    deliveries: createClient(DeliveryService, transport),
    engines: createClient(EngineService, transport),
    system: createClient(SystemService, transport),
    templates: createClient(TemplateService, transport),
    watch: createClient(WatchService, transport),
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
