import { gunzipSync, gzipSync } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Client,
  ClientSchema,
  ListClientsResponseSchema,
} from "../src/gen/regiment/v1/client_service_pb";
import { settled, signIn, startBrowser } from "./browser";
import { type Demo, startDemo } from "./server";

/** The most script that a first visit may load, compressed. */
const FIRST_LOAD_KIB = 250;

/** Within how long a key must show, and a frame be drawn while the grid scrolls. */
const KEY_MS = 50;
const FRAME_MS = 34;

const N_CLIENTS = 2_000;

let browser: Browser;
let demo: Demo;
let session: BrowserContext;

beforeAll(async () => {
  [browser, demo] = await Promise.all([startBrowser(), startDemo({ clients: 24, weeks: 4 })]);
  session = await signIn(browser, demo);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

test("a first visit loads little", async () => {
  const page = await session.newPage();
  let bytes = 0;
  page.on("response", async (response) => {
    if (response.url().endsWith(".js")) {
      bytes += gzipSync(await response.body(), { level: 9 }).length;
    }
  });
  await page.goto(`${demo.address}/triage`);
  await page.locator("[data-card]").first().waitFor();
  await settled(page);
  console.info(`first load: ${(bytes / 1024).toFixed(0)} KiB of script, compressed`);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes / 1024).toBeLessThan(FIRST_LOAD_KIB);
  await page.close();
});

test("a key in triage shows at once", async () => {
  const page = await session.newPage();
  await page.goto(`${demo.address}/triage`);
  await page.locator("[data-card]").first().waitFor();
  await settled(page);
  await page.evaluate(() => {
    const state = globalThis as unknown as { took: number[] };
    state.took = [];
    new PerformanceObserver((list) => {
      state.took.push(
        ...list
          .getEntries()
          .filter(({ name }) => name === "keydown")
          .map(({ duration }) => duration),
      );
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press(press % 20 < 10 ? "j" : "k");
    await page.waitForTimeout(120);
  }
  const took = await page.evaluate(() => (globalThis as unknown as { took: number[] }).took);
  // Presses that took less than a frame are not told.
  const all = [...Array.from({ length: 40 - took.length }, () => 8), ...took].sort((a, b) => a - b);
  const [median = 0, slow = 0] = [all[20], all[37]];
  console.info(`key to paint: median ${median} ms, 95th percentile ${slow} ms`);
  expect(median).toBeLessThanOrEqual(KEY_MS);
  await page.close();
});

test("2,000 clients scroll smoothly", async () => {
  const page = await session.newPage();
  await manifold(page);
  await page.goto(`${demo.address}/clients`);
  await page.getByText(`${N_CLIENTS} shown`).waitFor();
  await settled(page);
  const frames = await page.evaluate(async () => {
    const grid = document.querySelector("[role=grid]") as HTMLElement;
    const frames: number[] = [];
    let before = performance.now();
    for (let frame = 0; frame < 120; frame += 1) {
      grid.scrollTop += 300;
      const now = await new Promise<number>((drawn) => requestAnimationFrame(drawn));
      frames.push(now - before);
      before = now;
    }
    return frames.slice(1).sort((a, b) => a - b);
  });
  const [median = 0, slow = 0] = [frames[60], frames[113]];
  console.info(
    `frames over ${N_CLIENTS} clients: median ${median.toFixed(1)} ms, 95th percentile ${slow.toFixed(1)} ms`,
  );
  expect(await page.locator("[id^=client-]").count()).toBeLessThan(100);
  expect(median).toBeLessThanOrEqual(FRAME_MS);
  await page.close();
});

/** Makes the server's answer about its clients long: the same people again, under other ids. */
async function manifold(page: Page) {
  await page.route("**/regiment.v1.ClientService/ListClients", async (route) => {
    const response = await route.fetch();
    const { clients } = fromBinary(ListClientsResponseSchema, message(await response.body()));
    const many = Array.from({ length: N_CLIENTS }, (_, index) => {
      const one = clients[index % clients.length] as Client;
      return create(ClientSchema, { ...one, userId: `${index}`, name: `clients/${index}` });
    });
    const answer = toBinary(ListClientsResponseSchema, create(ListClientsResponseSchema, { clients: many }));
    await route.fulfill({
      status: 200,
      contentType: "application/grpc-web+proto",
      body: Buffer.concat([frame(0, answer), frame(0x80, Buffer.from("grpc-status:0\r\n"))]),
    });
  });
}

/** The first message of a gRPC-Web answer. */
function message(body: Buffer): Buffer {
  const content = body.subarray(5, 5 + body.readUInt32BE(1));
  return body[0] === 1 ? gunzipSync(content) : content;
}

function frame(flag: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}
