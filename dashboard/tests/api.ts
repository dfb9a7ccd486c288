import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { AuthService } from "../src/gen/regiment/v1/auth_service_pb";
import { ClientService } from "../src/gen/regiment/v1/client_service_pb";
import { DeliveryService } from "../src/gen/regiment/v1/delivery_service_pb";
import { InsightService } from "../src/gen/regiment/v1/insight_service_pb";
import { SystemService } from "../src/gen/regiment/v1/system_service_pb";
import { WatchService } from "../src/gen/regiment/v1/watch_service_pb";

/** What the tests call without a browser. */
export interface Api {
  auth: Client<typeof AuthService>;
  clients: Client<typeof ClientService>;
  deliveries: Client<typeof DeliveryService>;
  insight: Client<typeof InsightService>;
  system: Client<typeof SystemService>;
  watch: Client<typeof WatchService>;
}

/** Speaks gRPC-Web with a server, showing a token, or none, and what else is in `metadata`. */
export function reach(address: string, token: string, metadata: Record<string, string> = {}): Api {
  const show: Interceptor = (next) => (request) => {
    if (token) {
      request.header.set("authorization", `Bearer ${token}`);
    }
    for (const [name, value] of Object.entries(metadata)) {
      request.header.set(name, value);
    }
    return next(request);
  };
  const transport = createGrpcWebTransport({ baseUrl: address, interceptors: [show] });
  return {
    auth: createClient(AuthService, transport),
    clients: createClient(ClientService, transport),
    deliveries: createClient(DeliveryService, transport),
    insight: createClient(InsightService, transport),
    system: createClient(SystemService, transport),
    watch: createClient(WatchService, transport),
  };
}
