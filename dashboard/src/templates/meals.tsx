import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useApi } from "@/api/api";
import { useSession } from "@/app/session";
import { GOALS } from "@/client/draft";
import type { MealTemplate } from "@/gen/regiment/v1/template_service_pb";
import { Button } from "@/ui/button";
import { Field, Input, TextArea } from "@/ui/field";
import { Toggle } from "@/ui/filter";
import { ChoiceField } from "@/ui/form";
import { goalName } from "@/words/names";
import { DayEditor } from "./day";
import { CYCLE, copyOf, plusDay, withDay } from "./days";
import { useDraft } from "./draft";
import { Head } from "./head";
import { useFoods } from "./library";
import { MealPreview } from "./preview";
import { Saving } from "./saving";

const route = getRouteApi("/templates");

/** A meal template, day by day, and what becomes of a day for a client. */
export function MealEditor({ latest, shown }: { latest: MealTemplate; shown: MealTemplate }) {
  const api = useApi();
  const navigate = route.useNavigate();
  const { mayDecide } = useSession();
  const foods = useFoods();
  const drafted = useDraft(latest, shown);
  const { draft, edit } = drafted;
  const [at, setAt] = useState(1);
  const day = draft.days.find(({ dayIndex }) => dayIndex === at) ?? draft.days[0];
  const write = useCallback(
    async (
      { displayName, goal, days, instructions }: MealTemplate,
      base: MealTemplate,
      validateOnly: boolean,
    ) => {
      const { mealTemplate } = await api.templates.updateMealTemplate({
        mealTemplate: { name: base.name, etag: base.etag, displayName, goal, days, instructions },
        updateMask: { paths: ["display_name", "goal", "days", "instructions"] },
        validateOnly,
        requestId: crypto.randomUUID(),
      });
      return mealTemplate;
    },
    [api],
  );
  return (
    <>
      <Head
        name={latest.displayName || latest.templateId}
        version={latest.version}
        isAssigned={(client) => client.mealTemplateId === latest.templateId}
        onCopy={(templateId, displayName, requestId) =>
          api.templates.createMealTemplate({
            mealTemplate: copyOf(draft, templateId, displayName),
            requestId,
          })
        }
      >
        Amounts are proportions that each client's macros scale. What is saved counts from each client's next
        cycle. {latest.allergens.length > 0 ? `Holds ${latest.allergens.join(", ")}.` : "Holds no allergen."}
      </Head>
      <div className="grid gap-x-8 gap-y-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <fieldset disabled={!mayDecide} className="grid min-w-0 content-start gap-4">
          <legend className="sr-only">The template</legend>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Name">
              {(control) => (
                <Input
                  {...control}
                  value={draft.displayName}
                  onChange={(event) => edit({ displayName: event.target.value })}
                />
              )}
            </Field>
            <ChoiceField
              label="Goal"
              value={draft.goal}
              choices={GOALS}
              names={goalName}
              onChange={(goal) => edit({ goal })}
            />
          </div>
          <div className="flex flex-wrap items-center gap-1">
            {draft.days.map(({ dayIndex }) => (
              <Toggle key={dayIndex} isOn={dayIndex === day?.dayIndex} onPress={() => setAt(dayIndex)}>
                {CYCLE[dayIndex - 1]}
              </Toggle>
            ))}
            {draft.days.length < CYCLE.length ? (
              <Button tone="quiet" onClick={() => edit({ days: plusDay(draft.days) })}>
                Add {CYCLE[draft.days.length]}
              </Button>
            ) : null}
            {draft.days.length > 1 ? (
              <Button tone="quiet" onClick={() => edit({ days: draft.days.slice(0, -1) })}>
                Remove {CYCLE[draft.days.length - 1]}
              </Button>
            ) : null}
          </div>
          {draft.days.length < CYCLE.length ? (
            <p className="-mt-2 text-xs text-muted">
              {draft.days.length === 1 ? "The one day repeats" : `The ${draft.days.length} days repeat`}{" "}
              through the week.
            </p>
          ) : null}
          {day ? (
            <DayEditor
              day={day}
              templateId={latest.templateId}
              foods={foods.data ?? []}
              onChange={(change) => edit({ days: withDay(draft.days, day.dayIndex, change) })}
            />
          ) : null}
          <Field label="How to prepare the week" hint="Goes with the shopping list.">
            {(control) => (
              <TextArea
                {...control}
                value={draft.instructions}
                onChange={(event) => edit({ instructions: event.target.value })}
              />
            )}
          </Field>
        </fieldset>
        {day ? <MealPreview template={draft} dayIndex={day.dayIndex} /> : null}
      </div>
      <Saving
        draft={drafted}
        write={write}
        onSaved={() => navigate({ search: ({ version: _, ...rest }) => rest, replace: true })}
      />
    </>
  );
}
