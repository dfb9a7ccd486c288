import { getRouteApi } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import { useNow } from "@/app/now";
import { useSession } from "@/app/session";
import { AdherenceStrip } from "@/charts/strip";
import { TodayMarks } from "@/clients/marks";
import { nameOf } from "@/clients/search";
import { useClientAtAGlance } from "@/clients/summary";
import { type Client, Stream } from "@/gen/regiment/v1/client_service_pb";
import { useKeys } from "@/keys/keys";
import { headline } from "@/triage/row";
import { Avatar } from "@/ui/avatar";
import { Tag } from "@/ui/badge";
import { Empty, Failed, Loading } from "@/ui/empty";
import { TabList, TabPanel } from "@/ui/tabs";
import { percent } from "@/words/figures";
import { gateName, goalName, statusName } from "@/words/names";
import { localClock, shortDate } from "@/words/time";
import { ClientActions } from "./actions";
import { CardsTab } from "./cards";
import { Leaving } from "./leave";
import { LogsTab } from "./logs";
import { OverviewTab } from "./overview";
import { PlanTab } from "./plan";
import { ProfileTab } from "./profile";
import { ExcuseRequests } from "./requests";
import type { Tab } from "./search";

const route = getRouteApi("/clients/$userId");

const TABS: [Tab, string][] = [
  ["overview", "Overview"],
  ["meals", "Meals"],
  ["training", "Training"],
  ["cardio", "Cardio"],
  ["checkins", "Check-ins"],
  ["plan", "Plan"],
  ["cards", "Cards"],
  ["profile", "Profile"],
];

/** One client: how he stands, what he logged, what he is assigned. */
export function ClientPage() {
  const { userId } = route.useParams();
  const { tab = "overview" } = route.useSearch();
  const navigate = route.useNavigate();
  const client = useClientAtAGlance(userId);
  const go = (to: Tab) =>
    navigate({ search: (before) => ({ ...before, tab: to === "overview" ? undefined : to }), replace: true });
  const step = (by: number) => {
    const at = TABS.findIndex(([key]) => key === tab);
    const next = TABS[(at + by + TABS.length) % TABS.length];
    if (next) {
      void go(next[0]);
    }
  };
  const group = "Client";
  useKeys([
    { keys: "]", label: "Next tab", group, run: () => step(1) },
    { keys: "[", label: "Previous tab", group, run: () => step(-1) },
    { keys: "u", label: "Back to the clients", group, run: () => navigate({ to: "/clients" }) },
  ]);
  if (client.isPending) {
    return <Loading what="the client" />;
  }
  if (client.isError && !client.data) {
    return <Failed error={client.error} retry={() => client.refetch()} />;
  }
  if (!client.data) {
    return <Empty title={`There is no client ${userId}.`} />;
  }
  const today = client.data.summary?.date ?? new Date().toISOString().slice(0, 10);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Header client={client.data} today={today} />
      <ExcuseRequests client={client.data} />
      <div className="border-b border-line bg-surface px-4">
        <TabList label="About the client" tabs={TABS} shown={tab} onShow={go} />
      </div>
      <TabPanel shown={tab}>
        <Panel key={userId} tab={tab} client={client.data} today={today} />
      </TabPanel>
    </div>
  );
}

function Panel({ tab, client, today }: { tab: Tab; client: Client; today: string }) {
  switch (tab) {
    case "overview":
      return <OverviewTab client={client} />;
    case "meals":
      return <LogsTab client={client} today={today} stream={Stream.MEAL} />;
    case "training":
      return <LogsTab client={client} today={today} stream={Stream.TRAINING} />;
    case "cardio":
      return <LogsTab client={client} today={today} stream={Stream.CARDIO} />;
    case "checkins":
      return <LogsTab client={client} today={today} stream={Stream.CHECKIN} />;
    case "plan":
      return <PlanTab client={client} today={today} />;
    case "cards":
      return <CardsTab client={client} />;
    case "profile":
      return (
        <>
          <ProfileTab client={client} />
          <Leaving client={client} />
        </>
      );
  }
}

function Header({ client, today }: { client: Client; today: string }) {
  const now = useNow();
  const { mayDecide } = useSession();
  const { summary } = client;
  const paused =
    client.paused && client.pausedUntil ? `paused until ${shortDate(client.pausedUntil)}` : "paused";
  return (
    <header className="flex flex-wrap items-center gap-x-6 gap-y-3 bg-surface px-5 pt-4 pb-3">
      <div className="flex items-center gap-3">
        <Avatar name={nameOf(client)} id={client.userId} size={44} />
        <div>
          <h1 className="flex flex-wrap items-center gap-2 text-lg leading-6 font-semibold">
            {nameOf(client)}
            {client.alias && client.alias !== nameOf(client) ? (
              <span className="text-sm font-normal text-muted">{client.alias}</span>
            ) : null}
            {client.paused ? (
              <Tag tone="medium">
                <Lock size={11} aria-hidden />
                {paused}
              </Tag>
            ) : (
              <Tag>{summary ? gateName[summary.gate] : statusName[client.status]}</Tag>
            )}
          </h1>
          <p className="text-sm text-muted">
            {goalName[client.goal]} since {shortDate(client.startDate)} ·{" "}
            {client.blockId.replaceAll("_", " ") || "no block"} · {client.timezoneOffset}
            {summary ? `, ${localClock(now, summary.utcOffsetSeconds)} there` : ""}
          </p>
        </div>
      </div>
      {summary && !client.paused ? <TodayMarks duties={summary.duties} /> : null}
      {summary ? <AdherenceStrip days={summary.days} /> : null}
      {summary?.lapseRisk === undefined ? null : (
        <p className="text-sm text-muted">
          Risk <strong className="text-text">{percent(summary.lapseRisk)}</strong>
        </p>
      )}
      <div className="ml-auto">{mayDecide ? <ClientActions client={client} today={today} /> : null}</div>
      {summary && summary.flags.length > 0 ? (
        <p className="-mt-1 w-full truncate text-sm text-muted">
          {headline({ flags: summary.flags, wins: [] })}
        </p>
      ) : null}
    </header>
  );
}
