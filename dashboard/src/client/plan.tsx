import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "@/api/api";
import { useSession } from "@/app/session";
import type { Client, CompiledDay, CompiledPlan } from "@/gen/regiment/v1/client_service_pb";
import { Tag } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Toggle } from "@/ui/filter";
import { dayMonth, plusDays, shortDate, span } from "@/words/time";
import { CompiledMeals, macrosSaid } from "./compiled";
import { energy } from "./macros";
import { RecompileDialog, RefeedDialog } from "./replan";

const route = getRouteApi("/clients/$userId");

const CYCLE_DAYS = 7;

/** The compiled meals of a cycle, day by day, and where they miss a macro. */
export function PlanTab({ client, today }: { client: Client; today: string }) {
  const api = useApi();
  const { mayDecide } = useSession();
  const { cycle } = route.useSearch();
  const navigate = route.useNavigate();
  const [asked, setAsked] = useState<"compile" | string | null>(null);
  const date = cycle === "next" ? plusDays(today, CYCLE_DAYS) : today;
  const plan = useQuery({
    queryKey: ["clients", "plan", client.userId, date],
    queryFn: async ({ signal }) =>
      (await api.clients.getPlan({ name: client.name, date }, { signal })).plan ?? null,
  });
  return (
    <section>
      <div className="mb-3 flex flex-wrap items-center gap-1">
        {([undefined, "next"] as const).map((one) => (
          <Toggle
            key={one ?? "this"}
            isOn={cycle === one}
            onPress={() => navigate({ search: (before) => ({ ...before, cycle: one }), replace: true })}
          >
            {one ? "Next cycle" : "This cycle"}
          </Toggle>
        ))}
        {mayDecide && plan.data ? (
          <Button className="ml-auto" onClick={() => setAsked("compile")}>
            Compile again
          </Button>
        ) : null}
      </div>
      {plan.isPending ? (
        <Loading what="the plan" />
      ) : plan.data === undefined ? (
        <Failed error={plan.error} retry={() => plan.refetch()} />
      ) : plan.data === null ? (
        <Empty title="No plan is compiled for this cycle.">
          A cycle is compiled on the Friday before its Tuesday.
        </Empty>
      ) : (
        <Plan
          plan={plan.data}
          today={today}
          isBlocked={client.blockedRefeed}
          onRefeed={mayDecide && !client.blockedRefeed ? setAsked : undefined}
        />
      )}
      {plan.data && asked === "compile" ? (
        <RecompileDialog client={client} plan={plan.data} onClose={() => setAsked(null)} />
      ) : null}
      {plan.data && asked && asked !== "compile" ? (
        <RefeedDialog client={client} plan={plan.data} date={asked} onClose={() => setAsked(null)} />
      ) : null}
    </section>
  );
}

function Plan({
  plan: { cycleStartDate, mealTemplateId, templateVersion, choice, macros, days },
  today,
  isBlocked,
  onRefeed,
}: {
  plan: CompiledPlan;
  today: string;
  isBlocked: boolean;
  onRefeed: ((date: string) => void) | undefined;
}) {
  return (
    <>
      <h3 className="font-medium">{span(cycleStartDate, plusDays(cycleStartDate, CYCLE_DAYS - 1))}</h3>
      <p className="mb-4 text-sm text-muted">
        {mealTemplateId.replaceAll("_", " ")}, version {templateVersion}, {choice.replaceAll("_", " ")}
        {macros ? ` · targets ${macrosSaid(macros)}` : ""}
        {isBlocked ? " · no refeed can be planned: the infraction record blocks it" : ""}
      </p>
      <ol className="grid gap-x-4 gap-y-5 md:grid-cols-2 xl:grid-cols-4">
        {days.map((day) => {
          const date = plusDays(cycleStartDate, day.dayIndex - 1);
          return (
            <Day
              key={day.dayIndex}
              day={day}
              date={date}
              usual={macros ? energy(macros) : 0}
              onRefeed={onRefeed && date > today ? () => onRefeed(date) : undefined}
            />
          );
        })}
      </ol>
    </>
  );
}

/** More than this share above the cycle's energy is no rounding: the day is a refeed. */
const REFEED_SHARE = 0.05;

function Day({
  day,
  date,
  usual,
  onRefeed,
}: {
  day: CompiledDay;
  date: string;
  usual: number;
  onRefeed: (() => void) | undefined;
}) {
  const kcal = day.totals ? energy(day.totals) : 0;
  return (
    <li className="flex flex-col rounded-md border border-line bg-surface p-3">
      <h4 className="flex items-baseline justify-between gap-2 font-medium">
        {shortDate(date)}
        <span className="flex items-center gap-2 text-xs font-normal text-muted">
          {usual > 0 && kcal > usual * (1 + REFEED_SHARE) ? <Tag tone="accent">refeed</Tag> : null}
          {kcal} kcal
        </span>
      </h4>
      <CompiledMeals day={day} />
      {onRefeed ? (
        <div className="mt-auto pt-3">
          <Button tone="quiet" aria-label={`Plan a refeed on ${dayMonth(date)}`} onClick={onRefeed}>
            Plan a refeed
          </Button>
        </div>
      ) : null}
    </li>
  );
}
