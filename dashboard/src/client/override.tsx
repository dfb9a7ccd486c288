import { useState } from "react";
import { type Api, useApi } from "@/api/api";
import { type Client, Level, Mood, Sleep, Stream } from "@/gen/regiment/v1/client_service_pb";
import { type Log, LogStatus } from "@/gen/regiment/v1/log_service_pb";
import { Field, Input } from "@/ui/field";
import { ChoiceField, FormDialog } from "@/ui/form";
import { levelName, moodName, sleepName, streamName } from "@/words/names";
import { shortDate } from "@/words/time";

/** What a coach puts in place of a log. */
export interface Entry {
  completed: boolean;
  weightKg: number;
  reps: number;
  minutes: number;
  mood: Mood;
  soreness: Level;
  sleep: Sleep;
  stress: Level;
}

export function entryOf({ status, report }: Log): Entry {
  const blank = {
    weightKg: 0,
    reps: 1,
    minutes: 0,
    mood: Mood.OKAY,
    soreness: Level.LOW,
    sleep: Sleep.SLEEP_8H,
    stress: Level.LOW,
  };
  const completed = status === LogStatus.COMPLETED;
  switch (report.case) {
    case "topSet":
      return { ...blank, completed, weightKg: report.value.weightKg, reps: report.value.reps };
    case "cardio":
      return { ...blank, completed, minutes: report.value.actual ?? 0 };
    case "checkin": {
      const { weightKg, mood, soreness, sleep, stress } = report.value;
      return { ...blank, completed, weightKg, mood, soreness, sleep, stress };
    }
    default:
      return { ...blank, completed };
  }
}

/** Asks for the correction and its reason. The log stays; a revision is added. */
export function OverrideDialog({ client, log, onClose }: { client: Client; log: Log; onClose: () => void }) {
  const api = useApi();
  const [entry, setEntry] = useState(() => entryOf(log));
  const [why, setWhy] = useState("");
  const set = (part: Partial<Entry>) => setEntry((before) => ({ ...before, ...part }));

  const numbers = (label: string, key: "weightKg" | "reps" | "minutes", step: number) => (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="number"
          required
          step={step}
          value={entry[key]}
          onChange={(event) => set({ [key]: event.target.valueAsNumber || 0 })}
        />
      )}
    </Field>
  );
  const words = (
    label: string,
    key: "mood" | "soreness" | "sleep" | "stress",
    names: Record<number, string>,
  ) => (
    <ChoiceField
      label={label}
      value={entry[key]}
      choices={Object.keys(names)
        .map(Number)
        .filter((value) => names[value])}
      names={names}
      onChange={(value) => set({ [key]: value })}
    />
  );

  return (
    <FormDialog
      title={`Override the ${streamName[log.stream]} of ${shortDate(log.date)}`}
      action="Override"
      send={(requestId) => override(api, client, log, entry, why.trim(), requestId)}
      done={`Corrected ${streamName[log.stream]} of ${shortDate(log.date)}.`}
      onClose={onClose}
    >
      {log.stream === Stream.MEAL ? (
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={entry.completed}
            onChange={(event) => set({ completed: event.target.checked })}
          />
          It was eaten
        </label>
      ) : null}
      {log.stream === Stream.TRAINING ? (
        <div className="grid grid-cols-2 gap-3">
          {numbers("Top set, kg", "weightKg", 0.25)}
          {numbers("Reps", "reps", 1)}
        </div>
      ) : null}
      {log.stream === Stream.CARDIO ? numbers("Minutes", "minutes", 1) : null}
      {log.stream === Stream.CHECKIN ? (
        <div className="grid grid-cols-2 gap-3">
          {numbers("Weight, kg", "weightKg", 0.1)}
          {words("Mood", "mood", moodName)}
          {words("Sleep", "sleep", sleepName)}
          {words("Soreness", "soreness", levelName)}
          {words("Stress", "stress", levelName)}
        </div>
      ) : null}
      <Field label="Why" hint="Kept with the revision. The client's own entry stays in the history.">
        {(control) => (
          <Input {...control} required value={why} onChange={(event) => setWhy(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  );
}

function override(
  api: Api,
  { name: client }: Client,
  log: Log,
  entry: Entry,
  overrideReason: string,
  requestId: string,
): Promise<unknown> {
  const common = { client, date: log.date, overrideReason, requestId };
  const { weightKg, reps, minutes, mood, soreness, sleep, stress } = entry;
  switch (log.stream) {
    case Stream.MEAL:
      return api.logs.logMeal({
        ...common,
        mealId: log.item,
        status: entry.completed ? LogStatus.COMPLETED : LogStatus.MISSED,
      });
    case Stream.TRAINING:
      return api.logs.logTopSet({ ...common, exerciseId: log.item, topSet: { weightKg, reps } });
    case Stream.CARDIO:
      return api.logs.logCardio({ ...common, minutes });
    default:
      return api.logs.logCheckin({
        ...common,
        report: { weightKg, mood, soreness, sleep, stress, notes: notesOf(log) },
      });
  }
}

function notesOf({ report }: Log): string {
  return report.case === "checkin" ? report.value.notes : "";
}
