import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useCallback, useState } from "react";
import { useApi } from "@/api/api";
import { useSession } from "@/app/session";
import type { TrainingTemplate } from "@/gen/regiment/v1/template_service_pb";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { useDraft } from "./draft";
import { Head } from "./head";
import { useExercises } from "./library";
import { WeekChanges } from "./overrides";
import { Saving } from "./saving";
import { SessionEditor } from "./session";
import { MOST_SESSIONS, plusSession, setsByMuscle, toggledDay, WEEKDAYS, withSessions } from "./sessions";

const route = getRouteApi("/templates");

const WRITTEN = ["display_name", "days_per_week", "schedule", "weeks", "schedule_days", "week_overrides"];

/** A training block, session by session. */
export function BlockEditor({ latest, shown }: { latest: TrainingTemplate; shown: TrainingTemplate }) {
  const api = useApi();
  const navigate = route.useNavigate();
  const { mayDecide } = useSession();
  const exercises = useExercises();
  const known = exercises.data ?? [];
  const drafted = useDraft(latest, shown);
  const { draft, edit } = drafted;
  const { schedule } = draft;
  const write = useCallback(
    async (block: TrainingTemplate, { name, etag }: TrainingTemplate, validateOnly: boolean) => {
      const { trainingTemplate } = await api.templates.updateTrainingTemplate({
        trainingTemplate: { ...block, name, etag },
        updateMask: { paths: WRITTEN },
        validateOnly,
        requestId: crypto.randomUUID(),
      });
      return trainingTemplate;
    },
    [api],
  );
  return (
    <>
      <Head
        name={latest.displayName || latest.templateId}
        version={latest.version}
        isAssigned={(client) => client.trainingTemplateId === latest.templateId}
        onCopy={(templateId, displayName, requestId) =>
          api.templates.createTrainingTemplate({
            trainingTemplate: { ...draft, name: "", etag: "", templateId, displayName },
            requestId,
          })
        }
      >
        {latest.weeks} weeks of {latest.daysPerWeek} sessions. Who runs the block follows what is saved from
        the next workout on.
      </Head>
      <datalist id="exercises">
        {known.map(({ exerciseId, displayName }) => (
          <option key={exerciseId} value={displayName} />
        ))}
      </datalist>
      <fieldset disabled={!mayDecide} className="grid min-w-0 gap-6">
        <legend className="sr-only">The block</legend>
        <div className="grid gap-x-5 gap-y-3 sm:grid-cols-[minmax(0,2fr)_7rem_minmax(0,3fr)]">
          <Field label="Name">
            {(control) => (
              <Input
                {...control}
                value={draft.displayName}
                onChange={(event) => edit({ displayName: event.target.value })}
              />
            )}
          </Field>
          <Field label="Weeks">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={255}
                value={draft.weeks}
                onChange={(event) => edit({ weeks: event.target.valueAsNumber || 0 })}
              />
            )}
          </Field>
          <fieldset>
            <legend className="mb-1 text-xs font-medium text-muted">
              Weekdays, {schedule.length} of them, or none for the usual ones
            </legend>
            <div className="flex flex-wrap gap-x-3 pt-0.5">
              {WEEKDAYS.map((day) => (
                <label key={day} className="flex h-7 items-center gap-1 text-sm capitalize">
                  <input
                    type="checkbox"
                    checked={draft.scheduleDays.includes(day)}
                    onChange={() => edit({ scheduleDays: toggledDay(draft.scheduleDays, day) })}
                  />
                  {day}
                </label>
              ))}
            </div>
          </fieldset>
        </div>
        <div className="grid gap-4 2xl:grid-cols-2">
          {schedule.map((session, place) => (
            <SessionEditor
              // A session is known by its place while its name is typed.
              key={`session ${place + 1}`}
              session={session}
              onChange={(part) =>
                edit({
                  schedule: schedule.map((one, index) => (index === place ? { ...one, ...part } : one)),
                })
              }
              {...(schedule.length > 1
                ? { onRemove: () => edit(withSessions(schedule.filter((_, index) => index !== place))) }
                : {})}
            />
          ))}
        </div>
        {schedule.length < MOST_SESSIONS ? (
          <Button
            tone="quiet"
            className="justify-self-start"
            onClick={() => edit(withSessions(plusSession(schedule)))}
          >
            <Plus size={13} aria-hidden />
            Session
          </Button>
        ) : null}
        <WeekChanges block={draft} exercises={known} onChange={(weekOverrides) => edit({ weekOverrides })} />
      </fieldset>
      <WeekAtAGlance block={draft} exercises={known} />
      <Saving
        draft={drafted}
        write={write}
        onSaved={() => navigate({ search: ({ version: _, ...rest }) => rest, replace: true })}
      />
    </>
  );
}

/** How many working sets each muscle group gets in a week of the block. */
function WeekAtAGlance({
  block,
  exercises,
}: {
  block: TrainingTemplate;
  exercises: Parameters<typeof setsByMuscle>[1];
}) {
  const [asked, setWeek] = useState(1);
  const week = Math.min(asked, Math.max(1, block.weeks));
  const sets = setsByMuscle(block, exercises, week);
  const most = sets[0]?.[1] ?? 1;
  return (
    <section className="mt-6 max-w-xl">
      <h3 className="mb-2 flex items-center gap-2 font-medium">
        Working sets in week
        <Input
          aria-label="Week"
          type="number"
          min={1}
          max={block.weeks}
          className="!h-7 !w-16"
          value={week}
          onChange={(event) => setWeek(event.target.valueAsNumber || 1)}
        />
      </h3>
      <dl className="grid grid-cols-[8rem_2rem_minmax(0,1fr)] items-center gap-x-3 gap-y-1 text-sm">
        {sets.map(([muscle, n]) => (
          <div key={muscle} className="contents">
            <dt className="text-muted capitalize">{muscle.replaceAll("_", " ")}</dt>
            <dd className="text-right font-medium">{n}</dd>
            <dd aria-hidden>
              <span className="block h-2 rounded-sm bg-chart/70" style={{ width: `${(n / most) * 100}%` }} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
