import { getRouteApi } from "@tanstack/react-router";
import { useSession } from "@/app/session";
import { TabList, TabPanel } from "@/ui/tabs";
import { Alerts } from "./alerts";
import { AuditTrail } from "./audit";
import { Outbox } from "./outbox";
import { PolicyEditor } from "./policy";
import { Quarantine } from "./quarantine";
import { Schedule } from "./schedule";
import type { Tab } from "./search";
import { Status } from "./status";

const route = getRouteApi("/system");

/** How the machinery fares: what is late, what waits, what went wrong, and by which rules it runs. */
export function SystemPage() {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const { mayDecide, mayOperate } = useSession();
  const tabs: [Tab, string][] = [
    ["status", "Status"],
    ["outbox", "Outbox"],
    ...(mayDecide ? [["quarantine", "Quarantine"] satisfies [Tab, string]] : []),
    ...(mayOperate
      ? [
          ["schedule", "Schedule"] satisfies [Tab, string],
          ["policy", "Policy"] satisfies [Tab, string],
          ["audit", "Audit trail"] satisfies [Tab, string],
        ]
      : []),
  ];
  const [shown] = tabs.find(([key]) => key === tab) ?? ["status" as const];
  const isWithheld = tab !== undefined && shown !== tab;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-center gap-x-4 border-b border-line bg-surface px-4 pt-1">
        <h1 className="text-base font-semibold">System</h1>
        <TabList
          label="System"
          tabs={tabs}
          shown={shown}
          onShow={(to) => navigate({ search: to === "status" ? {} : { tab: to }, replace: true })}
        />
      </header>
      <TabPanel shown={shown}>
        {isWithheld ? (
          <p role="status" className="mb-4 text-sm text-muted">
            Your role does not see what the address asked for; here is the status.
          </p>
        ) : null}
        <Shown tab={shown} />
      </TabPanel>
    </div>
  );
}

function Shown({ tab }: { tab: Tab }) {
  switch (tab) {
    case "status":
      return (
        <>
          <Status />
          <Alerts />
        </>
      );
    case "outbox":
      return <Outbox />;
    case "quarantine":
      return <Quarantine />;
    case "schedule":
      return <Schedule />;
    case "policy":
      return <PolicyEditor />;
    case "audit":
      return <AuditTrail />;
  }
}
