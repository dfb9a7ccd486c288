import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";
import type { Client, CompiledDay, Portion } from "@/gen/regiment/v1/client_service_pb";
import { Tag } from "@/ui/badge";
import { Empty, Failed, Loading } from "@/ui/empty";
import { dayMonth, plusDays, shortDate, span } from "@/words/time";
import { energy } from "./macros";

/** The compiled meals of the running cycle, day by day, and where they miss a macro. */
export function PlanTab({ client }: { client: Client }) {
  const api = useApi();
  const plan = useQuery({
    queryKey: ["clients", "plan", client.userId],
    queryFn: async ({ signal }) =>
      (await api.clients.getPlan({ name: client.name }, { signal })).plan ?? null,
  });
  if (plan.isPending) {
    return <Loading what="the plan" />;
  }
  if (plan.isError) {
    return <Failed error={plan.error} retry={() => plan.refetch()} />;
  }
  if (!plan.data) {
    return (
      <Empty title="No plan is compiled for this week.">
        A cycle is compiled on the Friday before its Tuesday.
      </Empty>
    );
  }
  const { cycleStartDate, mealTemplateId, templateVersion, choice, macros, days } = plan.data;
  return (
    <section>
      <h3 className="font-medium">{span(cycleStartDate, plusDays(cycleStartDate, 6))}</h3>
      <p className="mb-4 text-sm text-muted">
        {mealTemplateId.replaceAll("_", " ")}, version {templateVersion}, {choice.replaceAll("_", " ")}
        {macros
          ? ` · targets ${macros.protein} g protein, ${macros.carbs} g carbs, ${macros.fats} g fats, ${energy(macros)} kcal`
          : ""}
      </p>
      <ol className="grid gap-x-4 gap-y-5 md:grid-cols-2 xl:grid-cols-4">
        {days.map((day) => (
          <Day key={day.dayIndex} day={day} date={plusDays(cycleStartDate, day.dayIndex - 1)} />
        ))}
      </ol>
    </section>
  );
}

function Day({ day, date }: { day: CompiledDay; date: string }) {
  return (
    <li className="rounded-md border border-line bg-surface p-3">
      <h4 className="flex items-baseline justify-between gap-2 font-medium">
        {shortDate(date)}
        {day.totals ? (
          <span className="text-xs font-normal text-muted">{energy(day.totals)} kcal</span>
        ) : null}
      </h4>
      {day.meals.map((meal, index) => (
        <div key={meal.mealId} className="mt-2">
          <p className="eyebrow">Meal {index + 1}</p>
          <ul className="text-sm">
            {meal.portions.map((portion) => (
              <li key={portion.food} className="flex justify-between gap-3">
                <span>{portion.food}</span>
                <span className="text-muted">{amount(portion)}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {day.gaps.map((gap) => (
        <p key={gap.macro} className="mt-2 text-xs text-high">
          <Tag tone="medium">{gap.macro}</Tag> {Math.round(gap.actualGrams)} of {Math.round(gap.targetGrams)}{" "}
          g on {dayMonth(date)}: {gap.reason}
        </p>
      ))}
    </li>
  );
}

function amount({ grams, units }: Portion): string {
  return units > 0 ? `${units} (${grams} g)` : `${grams} g`;
}
