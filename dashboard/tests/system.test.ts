import { afterAll, beforeAll, expect, test } from "vitest";
import { ClientStatus, ClientView } from "../src/gen/regiment/v1/client_service_pb";
import { endStation, open, type Station, startStation } from "./station";

let station: Station;

beforeAll(async () => {
  station = await startStation();
});

afterAll(() => endStation(station));

/** The id of somebody who is under orders, and whose day has begun and is not over. */
async function awake(): Promise<string> {
  const { clients } = await station.api.clients.listClients({ view: ClientView.SUMMARY, pageSize: 100 });
  for (const { userId, status, paused, summary } of clients) {
    const hour = new Date(Date.now() + (summary?.utcOffsetSeconds ?? 0) * 1000).getUTCHours();
    if (status === ClientStatus.ACTIVE && !paused && hour >= 7 && hour < 19) {
      return userId;
    }
  }
  throw new Error("nobody is awake");
}

test("a template is checked while it is written, saved as the next version, and brought back", async () => {
  const page = await open(station, "/templates");
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
  const page = await open(station, "/system?tab=policy");
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

test("a policy is replayed over the weeks behind before it is in force", async () => {
  const page = await open(station, "/system?tab=policy");
  const policy = page.getByLabel(/^Policy, version/);
  const before = await policy.inputValue();
  await policy.fill(before.replace(/^meal_compliance_percent = 80$/m, "meal_compliance_percent = 100"));
  await page.getByRole("button", { name: "Show what would change" }).click();
  const changes = page.getByRole("region", { name: "What would change" });
  await changes.getByText("flags.meal_compliance_percent").waitFor();
  await changes.getByRole("button", { name: /^Replay the last/ }).click();
  const flags = changes.getByRole("region", { name: "What became of each flag" });
  await flags.getByRole("columnheader", { name: "Would be raised" }).waitFor();
  const row = flags.getByRole("row").filter({ hasText: "of the week's meals" });
  const [raised, wouldBe] = (await row.getByRole("cell").allTextContents()).slice(1, 3).map(Number);
  expect(wouldBe).toBeGreaterThan(raised ?? Number.NaN);
  // It was looked at, and is not in force.
  await page.reload();
  await policy.waitFor();
  expect(await policy.inputValue()).toBe(before);
  await page.close();
});

test("a policy that can't be is refused beside it", async () => {
  const page = await open(station, "/system?tab=policy");
  const policy = page.getByLabel(/^Policy, version/);
  await policy.fill("[flags]\nmeal_compliance_percent = 101\n");
  await page.getByRole("button", { name: "Show what would change" }).click();
  await page
    .getByText(/meal_compliance_percent.*101/)
    .last()
    .waitFor();
  expect(await page.getByRole("region", { name: "What would change" }).count()).toBe(0);
  await page.close();
});

test("an engine is triggered by hand: what is not due is refused, and what has been sent is sent again", async () => {
  const userId = await awake();
  const sent = async () => {
    const { deliveries } = await station.api.deliveries.listDeliveries({
      client: `clients/${userId}`,
      pageSize: 1000,
    });
    return deliveries.filter(({ kind }) => kind === "fuel_order").length;
  };
  const page = await open(station, `/system?tab=schedule&client=${userId}`);
  const trigger = page.getByRole("button", { name: "Trigger meals by hand" });
  await trigger.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Run now" }).click();
  await dialog
    .getByRole("alert")
    .getByText(/not due/)
    .waitFor();
  const before = await sent();
  await dialog.getByLabel("Send again what has been sent").check();
  await dialog.getByRole("button", { name: "Send again" }).click();
  await page.getByText(/^Sent again: [1-9]\d* message/).waitFor();
  expect(await sent()).toBe(before + 1);
  await page.close();
});

test("the audit trail says who did what to whom, and is narrowed", async () => {
  const client = await awake();
  const { name = "", etag = "" } =
    (await station.api.clients.getClient({ name: `clients/${client}` })).client ?? {};
  await station.api.clients.pauseClient({ name, etag, reason: "Travels." });
  const page = await open(station, "/system?tab=audit");
  const rows = page.getByRole("region", { name: "Audit trail" }).getByRole("row");
  // The latest stands first, below the headings.
  const latest = rows.nth(1);
  await latest.getByRole("cell", { name: "paused", exact: true }).waitFor();
  await latest.getByRole("cell", { name: "admin", exact: true }).waitFor();
  await latest.locator(`a[href="/clients/${client}"]`).waitFor();
  await page
    .getByRole("status", { name: "The chain" })
    .getByText(/^\d+ links/)
    .waitFor();

  const { entries } = await station.api.system.listAuditEntries({ pageSize: 1000 });
  const other = entries.find(({ actor }) => actor !== "admin")?.actor ?? "";
  await page.getByLabel("Who acted").selectOption(other);
  await page.waitForURL(new RegExp(`actor=${other}`));
  await latest.getByRole("cell", { name: other, exact: true }).waitFor();
  expect(await rows.getByRole("cell", { name: "admin", exact: true }).count()).toBe(0);

  await page.getByLabel("Who acted").selectOption("");
  await page.getByLabel("To whom").selectOption(client);
  await page.waitForURL(/client=/);
  await latest.getByRole("cell", { name: "paused", exact: true }).waitFor();
  await page.close();
});
