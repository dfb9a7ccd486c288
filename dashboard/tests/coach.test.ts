import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alike, settled, signIn, startBrowser } from "./browser";
import { type Demo, startDemo } from "./server";

/** Within how long a change of a second session shows. */
const LIVE_MS = 2_000;

/** Within how long a server that is gone, or back, is noticed. */
const AWAY_MS = 15_000;
const BACK_MS = 45_000;

const COMPANY = { clients: 6, weeks: 4 };

let browser: Browser;
let demo: Demo;
let session: BrowserContext;

beforeAll(async () => {
  [browser, demo] = await Promise.all([startBrowser(), startDemo(COMPANY)]);
  session = await signIn(browser, demo);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

async function open(path: string, context = session): Promise<Page> {
  const page = await context.newPage();
  await page.goto(demo.address + path);
  await page.locator("h1").first().waitFor();
  await settled(page);
  return page;
}

/** Presses the key of a choice, and the digit that answers it once it is asked. */
async function choose(page: Page, key: string, digit: string) {
  await page.keyboard.press(key);
  await page.locator("dialog[open] button:focus").waitFor();
  await page.keyboard.press(digit);
}

async function openClient(): Promise<Page> {
  const page = await open("/clients");
  await page.locator("[id^=client-]").first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/clients\/\d+/);
  await settled(page);
  return page;
}

test("a decision is taken back by a key", async () => {
  const page = await open("/triage");
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
  const [mine, theirs] = [await open("/triage"), await open("/triage", await alike(browser, session))];
  await mine.getByText("Live", { exact: true }).waitFor();
  const name = await theirs.locator("[data-active]").getAttribute("data-card");
  await theirs.keyboard.press("a");
  await mine.locator(`[data-card="${name}"]`).getByText("seen").waitFor({ timeout: LIVE_MS });
  await mine.close();
  await theirs.context().close();
});

test("two coaches who change the same field are both heard", async () => {
  const mine = await openClient();
  const path = new URL(mine.url()).pathname;
  await mine.getByRole("tab", { name: "Profile" }).click();
  await mine.getByLabel("Coaching notes").fill("Mine: knees first.");
  const theirs = await open(`${path}?tab=profile`, await alike(browser, session));
  await theirs.getByLabel("Coaching notes").fill("Theirs: sleep first.");
  await theirs.getByRole("button", { name: "Save 1 change" }).click();
  await theirs.getByText(/^Saved: coaching notes/).waitFor();
  await mine.getByRole("button", { name: "Save 1 change" }).click();
  const dialog = mine.getByRole("dialog", { name: "Somebody else changed this profile" });
  await dialog.getByText("Theirs: sleep first.").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await mine.getByText(/^Saved: coaching notes/).waitFor();
  await mine.reload();
  await mine.getByLabel("Coaching notes").waitFor();
  expect(await mine.getByLabel("Coaching notes").inputValue()).toBe("Mine: knees first.");
  await mine.close();
  await theirs.context().close();
});

test("a bad value is refused beside its field, and nothing is stored", async () => {
  const page = await openClient();
  await page.getByRole("tab", { name: "Profile" }).click();
  const height = page.getByLabel("Height, cm");
  const before = await height.inputValue();
  await height.fill("90");
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await page
    .getByText(/120.*250/)
    .first()
    .waitFor();
  await page.reload();
  await height.waitFor();
  expect(await height.inputValue()).toBe(before);
  await page.close();
});

test("a paused client is locked until he is resumed", async () => {
  const page = await openClient();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Why").fill("A hard month.");
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByText(/^Paused until/).waitFor();
  await page.getByRole("tab", { name: "Profile" }).click();
  await page.getByText("The client is paused, so the profile is locked.").waitFor();
  expect(await page.getByLabel("Height, cm").isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Why").fill("Back.");
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.getByText("Resumed.").waitFor();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  expect(await page.getByLabel("Height, cm").isDisabled()).toBe(false);
  await page.close();
});

test("an address brings the same page back", async () => {
  const page = await open("/triage?severity=high");
  await page.keyboard.press("j");
  await page.waitForURL(/card=/);
  const active = await page.locator("[data-active]").getAttribute("data-card");
  const again = await open(new URL(page.url()).pathname + new URL(page.url()).search);
  expect(await again.locator("[data-active]").getAttribute("data-card")).toBe(active);
  expect(await again.getByLabel("Severity").inputValue()).toBe("high");
  await page.close();
  await again.close();
});

test("the palette finds a client by name, and teaches the keys", async () => {
  const page = await open("/clients");
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

test("a flag that a coach raises becomes a card", async () => {
  const page = await openClient();
  await page.getByRole("button", { name: "Raise a flag" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What it is about").fill("Sounded low on the phone");
  await dialog.getByLabel("Severity").selectOption("high");
  await dialog.getByRole("button", { name: "Raise" }).click();
  await page.getByText(/^Raised/).waitFor();
  await page.getByRole("tab", { name: "Cards" }).click();
  await page.getByText("raised by hand").first().waitFor();
  await page.close();
});

test("a template is checked while it is written, saved as the next version, and brought back", async () => {
  const page = await open("/templates");
  const grams = page.getByLabel("Raw grams of food 1 of meal 1");
  const before = await grams.inputValue();
  const food = page.getByLabel("Food 1 of meal 1", { exact: true });
  const known = await food.inputValue();
  await food.fill("Dragon steak");
  await page.getByText(/^Tuesday, meal 1, food 1: /).waitFor();
  expect(await page.getByRole("button", { name: "Save as the next version" }).isDisabled()).toBe(true);
  await food.fill(known);
  await grams.fill("55");
  await page.getByText(/^Tuesday, meal 1/).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save as the next version" }).click();
  await page.getByText("Saved as the next version.").waitFor();
  await page.getByRole("option", { name: "Version 2, the latest" }).waitFor({ state: "attached" });
  await page.reload();
  await page.getByLabel("Version").selectOption("1");
  await page.waitForURL(/version=1/);
  await page.getByRole("button", { name: "Save as the next version" }).waitFor();
  expect(await grams.inputValue()).toBe(before);
  await page.close();
});

test("a policy shows what it would change before it is in force", async () => {
  const page = await open("/system?tab=policy");
  const policy = page.getByLabel("Policy, version 1");
  await policy.fill((await policy.inputValue()).replace('"05:30:00"', '"05:45:00"'));
  await page.getByRole("button", { name: "Show what would change" }).click();
  const changes = page.getByRole("region", { name: "What would change" });
  await changes.getByText("times.checkin_drop").waitFor();
  await changes.getByText(/The next “check-in” moves for [1-9]/).waitFor();
  await page.getByRole("button", { name: "Put it in force" }).click();
  await page.getByLabel("Policy, version 2").waitFor();
  await page.close();
});

test("every card is decided on without a mouse", async () => {
  const page = await open("/triage");
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
  const page = await open("/clients");
  const port = Number(new URL(demo.address).port);
  await demo.stop();
  await page.getByText(/Server away/).waitFor({ timeout: AWAY_MS });
  // What was read before is still there.
  expect(await page.locator("[id^=client-]").count()).toBeGreaterThan(0);
  demo = await startDemo({ ...COMPANY, port });
  // Another server knows nobody's session, and asks for a new one.
  await page.getByText("Open the one-time link").waitFor({ timeout: BACK_MS });
  await page.goto(demo.link);
  await page.getByRole("heading", { name: "Triage" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.close();
});
