import { mkdirSync } from "node:fs";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alike, settled, signIn, startBrowser, type Theme, violations } from "./browser";
import { type Demo, startDemo } from "./server";

/** Where pictures are kept; none are taken where this is not set. A picture shows a larger company. */
const PICTURES = process.env.REGIMENT_PICTURES;
const COMPANY = PICTURES ? { clients: 24, weeks: 8 } : { clients: 6, weeks: 4 };

let browser: Browser;
let demo: Demo;
let session: BrowserContext;
let client: string;

beforeAll(async () => {
  [browser, demo] = await Promise.all([startBrowser(), startDemo(COMPANY)]);
  session = await signIn(browser, demo);
  const page = await session.newPage();
  await page.goto(`${demo.address}/clients`);
  await page.locator("[id^=client-]").first().click();
  await page.waitForURL(/\/clients\/\d+/);
  client = new URL(page.url()).pathname;
  await page.close();
  if (PICTURES) {
    mkdirSync(PICTURES, { recursive: true });
  }
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const ROUTES: [name: string, path: () => string][] = [
  ["triage", () => "/triage"],
  ["clients", () => "/clients"],
  ["client", () => client],
  ["client-training", () => `${client}?tab=training`],
  ["client-checkins", () => `${client}?tab=checkins`],
  ["client-plan", () => `${client}?tab=plan`],
  ["client-cards", () => `${client}?tab=cards`],
  ["client-profile", () => `${client}?tab=profile`],
  ["templates", () => "/templates"],
  ["templates-training", () => "/templates?kind=blocks"],
  ["insight", () => "/insight"],
  ["insight-flags", () => "/insight?tab=flags"],
  ["insight-model", () => "/insight?tab=model"],
  ["insight-backtest", () => "/insight?tab=backtest"],
  ["system", () => "/system"],
  ["system-outbox", () => "/system?tab=outbox"],
  ["system-quarantine", () => "/system?tab=quarantine"],
  ["system-schedule", () => "/system?tab=schedule"],
  ["system-policy", () => "/system?tab=policy"],
  ["system-audit", () => "/system?tab=audit"],
];

const THEMES: Theme[] = ["dark", "light"];

test.each(ROUTES.flatMap(([name, path]) => THEMES.map((theme) => [name, theme, path] as const)))(
  "%s in the %s theme breaks no rule of accessibility",
  async (name, theme, path) => {
    const context = await alike(browser, session, theme);
    const page = await context.newPage();
    const said: string[] = [];
    page.on("pageerror", (error) => said.push(error.message));
    await page.goto(demo.address + path());
    await page.locator("h1, h2").first().waitFor();
    await settled(page);
    if (PICTURES) {
      await page.screenshot({ path: `${PICTURES}/${name}-${theme}.png` });
    }
    expect(await violations(page)).toEqual([]);
    expect(said).toEqual([]);
    await context.close();
  },
);

test.each(ROUTES)("%s fits a phone", async (_name, path) => {
  const context = await alike(browser, session, "dark", 390);
  const page = await context.newPage();
  await page.goto(demo.address + path());
  await page.locator("h1, h2").first().waitFor();
  await settled(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  expect(await violations(page)).toEqual([]);
  await context.close();
});

test("whoever is not signed in is shown the way in", async () => {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${demo.address}/clients`);
  await page.getByText("Open the one-time link").waitFor();
  expect(await violations(page)).toEqual([]);
  await context.close();
});
