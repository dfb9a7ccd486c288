import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BadRequestSchema, ErrorInfoSchema } from "../src/gen/google/rpc/error_details_pb";
import { Role } from "../src/gen/regiment/v1/auth_service_pb";
import type { Client } from "../src/gen/regiment/v1/client_service_pb";
import { type Api, reach } from "./api";
import { type Demo, startDemo } from "./server";

// A program in Node, without a browser: what `@connectrpc/connect-web` makes of the server.

const N_CLIENTS = 5;

/** Within how long a change is hinted at. */
const LIVE_MS = 2_000;

/** A stream says that it is alive every 20 seconds. */
const HEARTBEAT_MS = 25_000;

let demo: Demo;
let api: Api;

beforeAll(async () => {
  demo = await startDemo({ clients: N_CLIENTS, weeks: 3 });
  api = reach(demo.address, demo.token);
});

afterAll(async () => {
  await demo?.stop();
});

async function anyone(): Promise<Client> {
  const { clients } = await api.clients.listClients({ pageSize: 1 });
  const [client] = clients;
  if (!client) {
    throw new Error("nobody is listed");
  }
  return client;
}

/** What a call that must be refused says, with the reason that programs match. */
async function refusal(call: Promise<unknown>): Promise<{ error: ConnectError; reason: string | undefined }> {
  const error = await call.then(
    () => Promise.reject(new Error("the call was answered")),
    (error: unknown) => ConnectError.from(error),
  );
  const [info] = error.findDetails(ErrorInfoSchema);
  expect(info?.domain).toBe("regiment");
  return { error, reason: info?.reason };
}

test("a list comes page by page, without a gap and without a repetition", async () => {
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await api.clients.listClients({ pageSize: 2, pageToken });
    expect(page.clients.length).toBeLessThanOrEqual(2);
    seen.push(...page.clients.map(({ name }) => name));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(new Set(seen).size).toBe(N_CLIENTS);
  expect(seen).toHaveLength(N_CLIENTS);
});

test("the same request is done once and answered twice", async () => {
  const { name, etag } = await anyone();
  const asked = {
    client: { name, etag, coachingNotes: "Knees first." },
    updateMask: { paths: ["coaching_notes"] },
    requestId: crypto.randomUUID(),
  };
  const first = await api.clients.updateClient(asked);
  const again = await api.clients.updateClient(asked);
  expect(first.client?.coachingNotes).toBe("Knees first.");
  expect(first.client?.etag).not.toBe(etag);
  expect(again.client?.etag).toBe(first.client?.etag);
});

test("what does not exist is not found", async () => {
  const { error, reason } = await refusal(api.clients.getClient({ name: "clients/404" }));
  expect(error.code).toBe(Code.NotFound);
  expect(reason).toBe("UNKNOWN_CLIENT");
});

test("a bad field is named by its path, with what would be accepted", async () => {
  const { name, etag } = await anyone();
  const { error, reason } = await refusal(
    api.clients.updateClient({
      client: { name, etag, heightCm: 90, age: 7 },
      updateMask: { paths: ["height_cm", "age"] },
    }),
  );
  expect(error.code).toBe(Code.InvalidArgument);
  expect(reason).toBe("INVALID_FIELD");
  const violations = error.findDetails(BadRequestSchema).flatMap(({ fieldViolations }) => fieldViolations);
  expect(violations.map(({ field }) => field).sort()).toEqual(["client.age", "client.height_cm"]);
  const height = violations.find(({ field }) => field === "client.height_cm");
  expect(height?.description).toMatch(/120.*250.*90/);
  expect((await api.clients.getClient({ name })).client?.etag).toBe(etag);
});

test("an etag that is not the current one is refused", async () => {
  const { name, etag } = await anyone();
  const change = (notes: string) =>
    api.clients.updateClient({
      client: { name, etag, coachingNotes: notes },
      updateMask: { paths: ["coaching_notes"] },
    });
  await change("Mine.");
  const { error, reason } = await refusal(change("Theirs."));
  expect(error.code).toBe(Code.Aborted);
  expect(reason).toBe("STALE_ETAG");
  expect((await api.clients.getClient({ name })).client?.coachingNotes).toBe("Mine.");
});

test("nobody is let in without a token, nor with one that is made up or revoked", async () => {
  const { token, secret } = await api.auth.createToken({ role: Role.VIEWER, displayName: "board" });
  const viewer = reach(demo.address, secret);
  expect((await viewer.clients.listClients({})).clients).toHaveLength(N_CLIENTS);
  await api.auth.revokeToken({ name: token?.name ?? "" });
  for (const shown of ["", "rgt_made_up", secret]) {
    const { error, reason } = await refusal(reach(demo.address, shown).clients.listClients({}));
    expect(error.code).toBe(Code.Unauthenticated);
    expect(reason).toBe("UNAUTHENTICATED");
  }
});

test("a viewer reads and changes nothing", async () => {
  const { secret } = await api.auth.createToken({ role: Role.VIEWER, displayName: "wall" });
  const viewer = reach(demo.address, secret);
  const { name, coachingNotes } = await anyone();
  const { error, reason } = await refusal(
    viewer.clients.updateClient({
      client: { name, coachingNotes: "Not mine." },
      updateMask: { paths: ["coaching_notes"] },
    }),
  );
  expect(error.code).toBe(Code.PermissionDenied);
  expect(reason).toBe("PERMISSION_DENIED");
  expect((await api.clients.getClient({ name })).client?.coachingNotes).toBe(coachingNotes);
});

test("a stream begins at once, hints at a change, and says that it is alive", async () => {
  const { name } = await anyone();
  const over = new AbortController();
  const stream = api.watch.watch({ prefixes: [name] }, { signal: over.signal })[Symbol.asyncIterator]();
  const began = performance.now();
  expect((await stream.next()).value?.changes).toEqual([]);
  expect(performance.now() - began).toBeLessThan(LIVE_MS);

  await api.clients.updateClient({
    client: { name, coachingNotes: `Seen at ${began}.` },
    updateMask: { paths: ["coaching_notes"] },
  });
  const changed = performance.now();
  const hints = await nextThat(stream, (names) => names.length > 0);
  expect(hints).toContain(name);
  expect(performance.now() - changed).toBeLessThan(LIVE_MS);

  const listened = performance.now();
  await nextThat(stream, (names) => names.length === 0);
  expect(performance.now() - listened).toBeLessThan(HEARTBEAT_MS);

  // The caller leaves, and reads what had come by then.
  over.abort();
  await expect(nextThat(stream, () => false)).rejects.toMatchObject({ code: Code.Canceled });
});

test("a stream that is to end at a deadline is ended by the server", async () => {
  const began = performance.now();
  const { error, reason } = await refusal(
    toTheEnd(reach(demo.address, demo.token, { "grpc-timeout": "500m" })),
  );
  expect(error.code).toBe(Code.DeadlineExceeded);
  expect(reason).toBe("TOO_LATE");
  expect(performance.now() - began).toBeGreaterThan(400);
});

test("a call that can't be answered by its deadline is given up by the server", async () => {
  const hurried = reach(demo.address, demo.token, { "grpc-timeout": "1m" });
  const toDate = new Date().toISOString().slice(0, 10);
  const fromDate = new Date(Date.now() - 21 * 86_400_000).toISOString().slice(0, 10);
  const { error, reason } = await refusal(hurried.insight.getBacktest({ fromDate, toDate }));
  expect(error.code).toBe(Code.DeadlineExceeded);
  expect(reason).toBe("TOO_LATE");
  // The connection is as good as before.
  await anyone();
});

test("the client's own deadline holds where it does not wait for the server's", async () => {
  const call = async () => {
    for await (const _ of api.watch.watch({}, { timeoutMs: 300 })) {
      // Nothing but its end is waited for.
    }
  };
  await expect(call()).rejects.toMatchObject({ code: Code.DeadlineExceeded });
});

/** Reads a stream until it hints at what is wanted. */
async function nextThat(
  stream: AsyncIterator<{ changes: { name: string }[] }>,
  isWanted: (names: string[]) => boolean,
): Promise<string[]> {
  for (;;) {
    const { value, done } = await stream.next();
    if (done) {
      throw new Error("the stream has ended");
    }
    const names = value.changes.map(({ name }: { name: string }) => name);
    if (isWanted(names)) {
      return names;
    }
  }
}

async function toTheEnd({ watch }: Api) {
  for await (const _ of watch.watch({})) {
    // Nothing but its end is waited for.
  }
}
