import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Api, reach } from "./api";
import { settled, signIn, startBrowser } from "./browser";
import { type Demo, startDemo } from "./server";

/** The company over which the pages are tried. */
export const COMPANY = { clients: 6, weeks: 4 };

/** A demo with an admin signed in to it by a browser, and the operator without one. */
export interface Station {
  demo: Demo;
  browser: Browser;
  session: BrowserContext;
  api: Api;
}

export async function startStation(): Promise<Station> {
  const [browser, demo] = await Promise.all([startBrowser(), startDemo(COMPANY)]);
  const session = await signIn(browser, demo);
  return { demo, browser, session, api: reach(demo.address, demo.token) };
}

export async function endStation(station: Station | undefined) {
  await station?.browser.close();
  await station?.demo.stop();
}

/** Opens a page and waits until it shows what it loads. */
export async function open({ demo, session }: Station, path: string, context = session): Promise<Page> {
  const page = await context.newPage();
  await page.goto(demo.address + path);
  await page.locator("h1").first().waitFor();
  await settled(page);
  return page;
}

/** Opens the client who needs the coach most, by key. */
export async function openClient(station: Station): Promise<Page> {
  const page = await open(station, "/clients");
  await page.locator("[id^=client-]").first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/clients\/\d+/);
  await settled(page);
  return page;
}
