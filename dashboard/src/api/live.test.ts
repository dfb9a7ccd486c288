import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { QueryKey } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { WatchResponseSchema } from "@/gen/regiment/v1/watch_service_pb";
import { follow, type Link, pauseBefore, touched } from "./live";

test.each([
  ["clients/42", [["clients"]]],
  ["clients/42/today", [["clients"]]],
  ["clients/42/logs", [["clients"], ["logs", "42"]]],
  ["clients/42/jobCards/7", [["cards"], ["clients"]]],
  ["alerts/3", [["system"], ["clients", "excuses"]]],
  ["deliveries", [["system"]]],
  ["-", [[]]],
])("a change of %s touches %o", (name, keys) => {
  expect(touched(name)).toEqual(keys);
});

test("a pause is random, doubles, and has a limit", () => {
  const longest = [0, 1, 2, 10].map((attempt) => pauseBefore(attempt, () => 1));
  expect(longest).toEqual([500, 1_000, 2_000, 30_000]);
  expect(pauseBefore(10, () => 0)).toBe(0);
});

test("a stream that begins reads everything again, and then what changes", async () => {
  const over = new AbortController();
  const read: QueryKey[][] = [];
  const links: Link[] = [];
  async function* watch() {
    yield create(WatchResponseSchema, {});
    yield create(WatchResponseSchema, { changes: [{ name: "clients/42/jobCards/7", version: 3n }] });
    over.abort();
  }
  await follow(
    watch,
    (keys) => read.push([...keys]),
    (link) => links.push(link),
    over.signal,
  );
  expect(read).toEqual([[[]], [["cards"], ["clients"]]]);
  expect(links).toEqual(["live", "live"]);
});

test("a stream that broke is begun again, and a server without one is left in peace", async () => {
  let n_streams = 0;
  // biome-ignore lint/correctness/useYield: it fails before it says anything
  async function* watch() {
    n_streams += 1;
    throw new ConnectError("no", n_streams < 2 ? Code.Unavailable : Code.Unimplemented);
  }
  await follow(
    watch,
    () => {},
    () => {},
    new AbortController().signal,
  );
  expect(n_streams).toBe(2);
});

test("a stream that breaks is said to be lost, and everything is read again", async () => {
  const links: Link[] = [];
  let n_read = 0;
  let n_streams = 0;
  async function* watch() {
    n_streams += 1;
    if (n_streams > 1) {
      throw new ConnectError("no", Code.Unimplemented);
    }
    yield create(WatchResponseSchema, {});
  }
  await follow(
    watch,
    () => {
      n_read += 1;
    },
    (link) => links.push(link),
    new AbortController().signal,
  );
  expect(links).toEqual(["live", "lost"]);
  expect(n_read).toBe(2);
});
