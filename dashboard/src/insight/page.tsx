import { getRouteApi } from "@tanstack/react-router";
import { Toggle } from "@/ui/filter";
import { TabList, TabPanel } from "@/ui/tabs";
import { BacktestTab } from "./backtest";
import { CohortTab } from "./cohort-tab";
import { FlagsTab } from "./flags";
import { ModelTab } from "./model";
import { type Tab, USUAL_WEEKS, WEEKS } from "./search";
import { lookingBack } from "./span";

const route = getRouteApi("/insight");

const TABS: [Tab, string][] = [
  ["cohort", "Everybody"],
  ["flags", "Flags"],
  ["model", "Model"],
  ["backtest", "Backtest"],
];

/** How the company does as a whole, and how far the flags and the model can be trusted. */
export function InsightPage() {
  const { tab = "cohort", weeks = USUAL_WEEKS } = route.useSearch();
  const navigate = route.useNavigate();
  const span = lookingBack(weeks);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-center gap-x-4 border-b border-line bg-surface px-4 pt-1">
        <h1 className="text-base font-semibold">Insight</h1>
        <TabList
          label="Insight"
          tabs={TABS}
          shown={tab}
          onShow={(to) =>
            navigate({
              search: (before) => ({ ...before, tab: to === "cohort" ? undefined : to }),
              replace: true,
            })
          }
        />
        <div className="ml-auto flex gap-1 py-1">
          {WEEKS.map((one) => (
            <Toggle
              key={one}
              isOn={one === weeks}
              onPress={() =>
                navigate({
                  search: (before) => ({ ...before, weeks: one === USUAL_WEEKS ? undefined : one }),
                  replace: true,
                })
              }
            >
              {one} weeks
            </Toggle>
          ))}
        </div>
      </header>
      <TabPanel shown={tab}>
        {tab === "cohort" ? <CohortTab span={span} /> : null}
        {tab === "flags" ? <FlagsTab span={span} /> : null}
        {tab === "model" ? <ModelTab weeks={weeks} /> : null}
        {tab === "backtest" ? <BacktestTab span={span} /> : null}
      </TabPanel>
    </div>
  );
}
