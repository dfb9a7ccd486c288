import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Demo } from "./server";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What keeps Chromium from calling home, and lets it run as root in a container. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type Theme = "dark" | "light";

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });
}

/** Signs in by the demo's link; further contexts of `session` are signed in too. */
export async function signIn(browser: Browser, demo: Demo): Promise<BrowserContext> {
  const context = await newContext(browser);
  const page = await context.newPage();
  await page.goto(demo.link);
  await page.getByRole("heading", { name: "Triage" }).waitFor();
  await page.close();
  return context;
}

/** Another browser of the same person. */
export async function alike(
  browser: Browser,
  session: BrowserContext,
  theme: Theme = "dark",
  width = 1440,
): Promise<BrowserContext> {
  const context = await newContext(browser, theme, width);
  await context.addCookies(await session.cookies());
  return context;
}

function newContext(browser: Browser, theme: Theme = "dark", width = 1440): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: "reduce",
    // The page's policy forbids scripts from elsewhere, and so axe.
    bypassCSP: true,
  });
}

/** What axe has against a page, each with the element that it is about. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
    const found = await axe.run({ runOnly: { type: "tag", values: tags } });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} (${nodes.length})`);
  });
}

/** Waits until nothing is loading. */
export async function settled(page: Page) {
  await page.waitForFunction(() => !document.body.textContent?.includes("Loading "));
  await page.waitForTimeout(400);
}
