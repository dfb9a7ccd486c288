import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApi } from "@/api/api";
import { isConflict, reason, refusedFields } from "@/api/refusal";
import { useSession } from "@/app/session";
import { type Client, ClientStatus } from "@/gen/regiment/v1/client_service_pb";
import { useBlocks, useMealTemplates } from "@/templates/library";
import { Button } from "@/ui/button";
import { Field, Input, Select, TextArea } from "@/ui/field";
import { ChoiceField } from "@/ui/form";
import { useAnnounce } from "@/ui/toast";
import { goalName } from "@/words/names";
import { Conflict } from "./conflict";
import { changed, clientOf, type Draft, draftOf, FIELDS, GOALS, pathsOf } from "./draft";
import { CompiledPreview } from "./preview";
import { MacroSliders } from "./sliders";

/** The most cardio that the slider reaches; more can be typed. */
const SLIDER_MINUTES = 90;

/** Edits a profile. A paused one is locked until it is resumed, a pending one is not. */
export function ProfileTab({ client }: { client: Client }) {
  const api = useApi();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { mayDecide } = useSession();
  const meals = useMealTemplates();
  const blocks = useBlocks();
  const [base, setBase] = useState({ draft: draftOf(client), etag: client.etag });
  const [draft, setDraft] = useState(base.draft);
  const [why, setWhy] = useState("");
  const [refused, setRefused] = useState<Record<string, string>>({});
  const [theirs, setTheirs] = useState<Client | null>(null);
  const [saving, setSaving] = useState(false);
  const edited = changed(base.draft, draft);
  const [seen, setSeen] = useState(client.etag);
  if (client.etag !== seen) {
    setSeen(client.etag);
    if (edited.length === 0) {
      setBase({ draft: draftOf(client), etag: client.etag });
      setDraft(draftOf(client));
    }
  }
  const paused = client.paused && client.status === ClientStatus.ACTIVE;
  const locked = !mayDecide || paused || client.status === ClientStatus.ARCHIVED;
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

  const save = async (wanted: Draft, from: { draft: Draft; etag: string }) => {
    const keys = changed(from.draft, wanted);
    setSaving(true);
    setRefused({});
    try {
      const { client: saved } = await api.clients.updateClient({
        client: clientOf(client.name, from.etag, wanted),
        updateMask: { paths: pathsOf(keys) },
        reason: why,
        requestId: crypto.randomUUID(),
      });
      if (saved) {
        const next = { draft: draftOf(saved), etag: saved.etag };
        setBase(next);
        setDraft(next.draft);
      }
      setTheirs(null);
      announce.done(`Saved: ${keys.map((key) => FIELDS[key].label.toLowerCase()).join(", ")}.`);
      await queries.invalidateQueries({ queryKey: ["clients"] });
    } catch (error) {
      if (isConflict(error)) {
        const { client: now } = await api.clients.getClient({ name: client.name });
        setTheirs(now ?? null);
      } else {
        setRefused(
          Object.fromEntries(
            refusedFields(error).map(({ field, why }) => [field.replace(/^client\./, ""), why]),
          ),
        );
        announce.failed(reason(error));
      }
    } finally {
      setSaving(false);
    }
  };

  const error = (key: keyof Draft) => refused[FIELDS[key].path];
  const textField = (key: "displayName" | "alias" | "timezoneOffset", hint?: string) => (
    <Field label={FIELDS[key].label} error={error(key)} hint={hint}>
      {(control) => (
        <Input {...control} value={draft[key]} onChange={(event) => set({ [key]: event.target.value })} />
      )}
    </Field>
  );
  const templateField = (
    key: "mealTemplateId" | "trainingTemplateId",
    offered: readonly { templateId: string; displayName: string }[],
    hint: string,
  ) => (
    <Field label={FIELDS[key].label} error={error(key)} hint={hint}>
      {(control) => (
        <Select {...control} value={draft[key]} onChange={(event) => set({ [key]: event.target.value })}>
          {offered.some(({ templateId }) => templateId === draft[key]) ? null : (
            <option value={draft[key]}>{draft[key] || "none"}</option>
          )}
          {offered.map(({ templateId, displayName }) => (
            <option key={templateId} value={templateId}>
              {displayName || templateId}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
  const numberField = (key: "heightCm" | "weightKg", step: number) => (
    <Field label={FIELDS[key].label} error={error(key)}>
      {(control) => (
        <Input
          {...control}
          type="number"
          step={step}
          value={draft[key]}
          onChange={(event) => set({ [key]: event.target.valueAsNumber || 0 })}
        />
      )}
    </Field>
  );

  return (
    <form
      className="max-w-4xl"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save(draft, base);
      }}
    >
      {paused ? (
        <p className="mb-3 text-sm text-muted">
          The client is paused, so the profile is locked. Resume the client to change it.
        </p>
      ) : null}
      <fieldset disabled={locked} className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
        {textField("displayName")}
        {textField("alias", "The only name that is ever posted publicly.")}
        <ChoiceField
          label={FIELDS.goal.label}
          error={error("goal")}
          value={draft.goal}
          choices={GOALS}
          names={goalName}
          onChange={(goal) => set({ goal })}
        />
        {textField("timezoneOffset", "Europe/London, UTC or UTC+05:45.")}
        <Field label={FIELDS.startDate.label} error={error("startDate")}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={draft.startDate}
              onChange={(event) => set({ startDate: event.target.value })}
            />
          )}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          {numberField("heightCm", 1)}
          {numberField("weightKg", 0.1)}
        </div>
        {templateField(
          "mealTemplateId",
          meals.data ?? [],
          "Counts from the next cycle that is not yet compiled.",
        )}
        {templateField(
          "trainingTemplateId",
          blocks.data ?? [],
          "Counts at once, or from the next training day where today's workout has gone out.",
        )}
        <div>
          <MacroSliders grams={draft} onChange={set} error={refused.macros} />
          {draft.mealTemplateId ? (
            <details className="mt-2 text-sm">
              <summary className="w-fit text-muted hover:text-text">What Tuesday becomes</summary>
              <CompiledPreview
                ask={{
                  mealTemplateId: draft.mealTemplateId,
                  client: client.name,
                  macros: { protein: draft.protein, carbs: draft.carbs, fats: draft.fats },
                  dayIndexes: [1],
                }}
              />
            </details>
          ) : null}
        </div>
        <Field
          label={FIELDS.cardioMinutes.label}
          error={error("cardioMinutes")}
          hint="Up to 300 can be typed. Counts from the next 06:00."
        >
          {(control) => (
            <div className="grid grid-cols-[1fr_5rem] items-center gap-3">
              <input
                type="range"
                aria-label="Cardio minutes"
                min={0}
                max={SLIDER_MINUTES}
                step={5}
                value={Math.min(SLIDER_MINUTES, draft.cardioMinutes ?? 0)}
                onChange={(event) => set({ cardioMinutes: event.target.valueAsNumber })}
                className="accent-accent"
              />
              <Input
                {...control}
                type="number"
                min={0}
                max={300}
                placeholder="policy"
                value={draft.cardioMinutes ?? ""}
                onChange={(event) =>
                  set({ cardioMinutes: event.target.value === "" ? null : event.target.valueAsNumber })
                }
              />
            </div>
          )}
        </Field>
        <div className="sm:col-span-2">
          <Field
            label={FIELDS.coachingNotes.label}
            error={error("coachingNotes")}
            hint="For coaches. The client never sees them."
          >
            {(control) => (
              <TextArea
                {...control}
                rows={4}
                value={draft.coachingNotes}
                onChange={(event) => set({ coachingNotes: event.target.value })}
              />
            )}
          </Field>
        </div>
      </fieldset>
      {edited.length > 0 && !locked ? (
        <div className="sticky bottom-0 mt-4 flex flex-wrap items-end gap-3 border-t border-line bg-ground py-3">
          <div className="min-w-56 flex-1">
            <Field
              label={draft.cardioMinutes === 0 ? "Why no cardio (needed)" : "Why (kept with the change)"}
              error={refused.reason}
            >
              {(control) => (
                <Input
                  {...control}
                  required={draft.cardioMinutes === 0 && base.draft.cardioMinutes !== 0}
                  value={why}
                  onChange={(event) => setWhy(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Button tone="quiet" onClick={() => setDraft(base.draft)}>
            Discard
          </Button>
          <Button tone="strong" type="submit" disabled={saving}>
            Save {edited.length} {edited.length === 1 ? "change" : "changes"}
          </Button>
        </div>
      ) : null}
      {theirs ? (
        <Conflict
          base={base.draft}
          mine={draft}
          theirs={draftOf(theirs)}
          onChoose={(chosen) => {
            const from = { draft: draftOf(theirs), etag: theirs.etag };
            setBase(from);
            setDraft(chosen);
            setTheirs(null);
            if (changed(from.draft, chosen).length > 0) {
              void save(chosen, from);
            }
          }}
          onClose={() => setTheirs(null)}
        />
      ) : null}
    </form>
  );
}
