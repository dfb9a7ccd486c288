import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alike } from "./browser";
import { startDemo } from "./server";
import { COMPANY, endStation, open, type Station, startStation } from "./station";

/** Within how long a change of a second session shows. */
const LIVE_MS = 2_000;

/** Within how long a server that is gone, or back, is noticed. */
const AWAY_MS = 15_000;
const BACK_MS = 45_000;

let station: Station;

beforeAll(async () => {
  station = await startStation();
});

afterAll(() => endStation(station));

/** Presses the key of a choice, and the digit that answers it once it is asked. */
async function choose(page: Page, key: string, digit: string) {
  await page.keyboard.press(key);
  await page.locator("dialog[open] button:focus").waitFor();
  await page.keyboard.press(digit);
}

test("a decision is taken back by a key", async () => {
  const page = await open(station, "/triage");
  const cards = await page.locator("[data-card]").count();
  const first = await page.locator("[data-active]").getAttribute("data-card");
  await choose(page, "d", "2");
  await page.getByText(/^Dismissed /).waitFor();
  expect(await page.locator(`[data-card="${first}"]`).count()).toBe(0);
  await page.keyboard.press("z");
  await page.getByText(/^Taken back/).waitFor();
  await page.locator(`[data-card="${first}"]`).waitFor();
  expect(await page.locator("[data-card]").count()).toBe(cards);
  await page.close();
});

test("a change of one session shows in another", async () => {
  const [mine, theirs] = [
    await open(station, "/triage"),
    await open(station, "/triage", await alike(station.browser, station.session)),
  ];
  await mine.getByText("Live", { exact: true }).waitFor();
  const name = await theirs.locator("[data-active]").getAttribute("data-card");
  await theirs.keyboard.press("a");
  await mine.locator(`[data-card="${name}"]`).getByText("seen").waitFor({ timeout: LIVE_MS });
  await mine.close();
  await theirs.context().close();
});

test("an address brings the same page back", async () => {
  const page = await open(station, "/triage?severity=high");
  await page.keyboard.press("j");
  await page.waitForURL(/card=/);
  const active = await page.locator("[data-active]").getAttribute("data-card");
  const again = await open(station, new URL(page.url()).pathname + new URL(page.url()).search);
  expect(await again.locator("[data-active]").getAttribute("data-card")).toBe(active);
  expect(await again.getByLabel("Severity").inputValue()).toBe("high");
  await page.close();
  await again.close();
});

test("the palette finds a client by name, and teaches the keys", async () => {
  const page = await open(station, "/clients");
  const name = (await page.locator("[id^=client-]").first().getAttribute("aria-label")) ?? "";
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] input:focus").waitFor();
  await page.keyboard.type(name.split(" ")[0] ?? "");
  await page.getByRole("option", { name }).first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("Next client").first().waitFor();
  await page.close();
});

test("every card is decided on without a mouse", async () => {
  const page = await open(station, "/triage");
  const status = page.getByRole("region", { name: "Cards" }).getByRole("status").first();
  const left = async () => Number.parseInt((await status.textContent()) ?? "", 10);
  const fewerThan = (n: number) =>
    page.waitForFunction((n) => {
      const said = document.querySelector("section[aria-label=Cards] [role=status]")?.textContent ?? "";
      return Number.parseInt(said, 10) < n;
    }, n);
  const all = await left();
  expect(all).toBeGreaterThan(3);
  // Two at once, one put off, and the rest one by one.
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+J");
  await page.getByText("2 chosen").waitFor();
  await choose(page, "d", "2");
  await fewerThan(all - 1);
  await choose(page, "h", "1");
  await fewerThan(all - 2);
  for (let n = await left(); n > 0; n = await left()) {
    await choose(page, "d", "2");
    await fewerThan(n);
  }
  await page.getByText("Nothing needs you.").waitFor();
  await page.close();
});

test("a server that is gone is said to be away, what was read stays, and its return is noticed", async () => {
  const page = await open(station, "/clients");
  const port = Number(new URL(station.demo.address).port);
  await station.demo.stop();
  await page.getByText(/Server away/).waitFor({ timeout: AWAY_MS });
  // What was read before is still there.
  expect(await page.locator("[id^=client-]").count()).toBeGreaterThan(0);
  station.demo = await startDemo({ ...COMPANY, port });
  // Another server knows nobody's session, and asks for a new one.
  await page.getByText("Open the one-time link").waitFor({ timeout: BACK_MS });
  await page.goto(station.demo.link);
  await page.getByRole("heading", { name: "Triage" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.close();
});
