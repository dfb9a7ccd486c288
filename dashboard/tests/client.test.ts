import { readFile } from "node:fs/promises";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Client,
  ClientStatus,
  ClientView,
  ExcuseReason,
  ExportFormat,
} from "../src/gen/regiment/v1/client_service_pb";
import { reach } from "./api";
import { alike } from "./browser";
import { endStation, open, openClient, type Station, startStation } from "./station";

let station: Station;

beforeAll(async () => {
  station = await startStation();
});

afterAll(() => endStation(station));

/** Somebody who is under orders, of whom no other test makes anything. */
async function soldier(fits: (client: Client) => boolean | Promise<boolean> = () => true): Promise<Client> {
  const { clients } = await station.api.clients.listClients({
    view: ClientView.SUMMARY,
    orderBy: "need",
    pageSize: 100,
  });
  // The other tests take the first.
  for (const client of clients.slice(1)) {
    if (client.status === ClientStatus.ACTIVE && !client.paused && (await fits(client))) {
      return client;
    }
  }
  throw new Error("nobody fits");
}

/** Everything that the server keeps about a client. */
async function archive(name: string): Promise<Archive> {
  const parts: Uint8Array[] = [];
  for await (const { content } of station.api.clients.exportClient({ name, format: ExportFormat.JSON })) {
    parts.push(content);
  }
  return JSON.parse(Buffer.concat(parts).toString());
}

interface Archive {
  client: { user_id: string; name: string };
  revisions: unknown[];
  orders: unknown[];
  excuses: { from: string; until: string }[];
}

test("two coaches who change the same field are both heard", async () => {
  const mine = await openClient(station);
  const path = new URL(mine.url()).pathname;
  await mine.getByRole("tab", { name: "Profile" }).click();
  await mine.getByLabel("Coaching notes").fill("Mine: knees first.");
  const theirs = await open(station, `${path}?tab=profile`, await alike(station.browser, station.session));
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
  const page = await openClient(station);
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
  const page = await openClient(station);
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

test("a flag that a coach raises becomes a card", async () => {
  const page = await openClient(station);
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

test("a refeed gives a day to come more energy, and none is planned with less", async () => {
  // A cycle that is over on this day is followed by the one that was compiled on Friday.
  const { name, userId, displayName } = await soldier(({ blockedRefeed }) => !blockedRefeed);
  const page = await open(station, `/clients/${userId}?tab=plan`);
  const day = page
    .getByRole("listitem")
    .filter({ has: page.getByRole("button", { name: /^Plan a refeed on / }) })
    .last();
  if ((await day.count()) === 0) {
    await page.getByRole("button", { name: "Next cycle" }).click();
  }
  const plan = day.getByRole("button", { name: /^Plan a refeed on / });
  await plan.waitFor();
  const kcal = async () => {
    const said = await day.getByRole("heading").locator("span").first().textContent();
    return Number(/(\d+) kcal/.exec(said ?? "")?.[1]);
  };
  const before = await kcal();
  await plan.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/^400 kcal more than the cycle's/).waitFor();
  const carbs = dialog.getByLabel("carbs in grams");
  const most = Number(await carbs.inputValue());
  await carbs.fill(`${most - 100}`);
  await dialog.getByText(/^A refeed has more than the cycle's/).waitFor();
  expect(await dialog.getByRole("button", { name: "Plan the refeed" }).isDisabled()).toBe(true);
  await carbs.fill(`${most}`);
  await dialog.getByRole("button", { name: "Plan the refeed" }).click();
  await page.getByText(`Planned a refeed for ${displayName}`).waitFor();
  await day.getByText("refeed", { exact: true }).waitFor();
  expect(await kcal()).toBeGreaterThan(before);
  expect((await station.api.clients.getClient({ name })).client?.blockedRefeed).toBe(false);
  await page.close();
});

test("a request to be excused is granted or refused where it shows", async () => {
  const { name, userId } = await soldier();
  const page = await open(station, `/clients/${userId}`);
  const asks = page.getByRole("group", { name: "Request to be excused" });
  const [granted, refused] = [inDays(20), inDays(30)];
  await ask(userId, granted);
  await asks.getByText("for travel").waitFor();
  await asks.getByRole("button", { name: "Grant" }).click();
  await page.getByText("Excused.").waitFor();
  await asks.waitFor({ state: "detached" });
  await ask(userId, refused);
  await asks.getByRole("button", { name: "Refuse" }).click();
  await page.getByText("Refused.").waitFor();
  await asks.waitFor({ state: "detached" });
  const dates = (await archive(name)).excuses.map(({ from }) => from);
  expect(dates).toContain(granted);
  expect(dates).not.toContain(refused);
  await page.close();
});

/** Asks, as a client does through the bot, to be excused for a day. */
async function ask(userId: string, date: string) {
  const { demo } = station;
  await reach(demo.address, demo.token, { "regiment-acting-user": userId }).clients.requestExcuse({
    name: `clients/${userId}`,
    span: { fromDate: date, untilDate: date, reason: ExcuseReason.TRAVEL },
  });
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

test("an export is a file with everything about the client", async () => {
  const { name, userId, displayName } = await soldier();
  const page = await open(station, `/clients/${userId}?tab=profile`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`client-${userId}.json`);
  const saved: Archive = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(saved.client.user_id).toBe(userId);
  expect(saved.client.name).toBe(displayName);
  expect(saved.revisions.length).toBeGreaterThan(30);
  expect(saved.orders.length).toBeGreaterThan(0);
  expect(Object.keys(saved)).toEqual(Object.keys(await archive(name)));
  await page.close();
});

test("a client is erased once his name is typed, and is gone from every list", async () => {
  const { name, userId, displayName } = await soldier();
  const page = await open(station, `/clients/${userId}?tab=profile`);
  await page.getByRole("button", { name: "Erase" }).click();
  const dialog = page.getByRole("dialog", { name: `Erase ${displayName}` });
  const erase = dialog.getByRole("button", { name: "Erase for good" });
  expect(await erase.isDisabled()).toBe(true);
  const typed = dialog.getByLabel(`Type “${displayName}” to go on`);
  await typed.fill(displayName.slice(0, -1));
  expect(await erase.isDisabled()).toBe(true);
  await typed.fill(displayName);
  await erase.click();
  await page.getByText("Erased.").waitFor();
  await page.waitForURL(/\/clients$/);
  await page.locator("[id^=client-]").first().waitFor();
  await page.locator(`#client-${userId}`).waitFor({ state: "detached" });
  await expect(station.api.clients.getClient({ name })).rejects.toMatchObject({ code: Code.NotFound });
  await page.goto(`${station.demo.address}/clients/${userId}`);
  await page
    .getByText(/no client/i)
    .first()
    .waitFor();
  await page.close();
});
