import { Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { AuthService } from "@/gen/regiment/v1/auth_service_pb";

/** How long a call may take before it counts as failed. A stream has no limit. */
const PATIENCE_MS = 15_000;

/** Speaks gRPC-Web with the server that this page came from. */
export function serverTransport(): Transport {
  const bare = createGrpcWebTransport({ baseUrl: location.origin, defaultTimeoutMs: PATIENCE_MS });
  const auth = createClient(AuthService, bare);
  return createGrpcWebTransport({
    baseUrl: location.origin,
    interceptors: [patience, renewing(() => auth.refreshSession({}))],
  });
}

/** Gives calls, and not streams, a deadline. */
const patience: Interceptor = (next) => (request) => {
  if (!request.stream && !request.header.has("grpc-timeout")) {
    request.header.set("grpc-timeout", `${PATIENCE_MS}m`);
  }
  return next(request);
};

/** Renews a session that has run out, once for all calls that meet it, and repeats the call. */
export function renewing(renew: () => Promise<unknown>): Interceptor {
  let renewal: Promise<unknown> | null = null;
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      if (ConnectError.from(error).code !== Code.Unauthenticated) {
        throw error;
      }
      renewal ??= renew().finally(() => {
        renewal = null;
      });
      try {
        await renewal;
      } catch {
        throw error;
      }
      return next(request);
    }
  };
}
