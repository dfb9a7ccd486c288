import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Client, type ClientSchema, Goal, type MacrosSchema } from "@/gen/regiment/v1/client_service_pb";

/** What a coach edits of a profile. */
export interface Draft {
  displayName: string;
  alias: string;
  goal: Goal;
  timezoneOffset: string;
  startDate: string;
  heightCm: number;
  weightKg: number;
  mealTemplateId: string;
  trainingTemplateId: string;
  protein: number;
  carbs: number;
  fats: number;
  cardioMinutes: number | null;
  coachingNotes: string;
}

/** What each part of a draft is called, here and by the server. */
export const FIELDS: Record<keyof Draft, { label: string; path: string }> = {
  displayName: { label: "Name", path: "display_name" },
  alias: { label: "Alias", path: "alias" },
  goal: { label: "Goal", path: "goal" },
  timezoneOffset: { label: "Time zone", path: "timezone_offset" },
  startDate: { label: "Start date", path: "start_date" },
  heightCm: { label: "Height, cm", path: "height_cm" },
  weightKg: { label: "Start weight, kg", path: "weight_kg" },
  mealTemplateId: { label: "Meal template", path: "meal_template_id" },
  trainingTemplateId: { label: "Training block", path: "training_template_id" },
  protein: { label: "Protein, g", path: "macros" },
  carbs: { label: "Carbs, g", path: "macros" },
  fats: { label: "Fats, g", path: "macros" },
  cardioMinutes: { label: "Cardio, minutes a day", path: "cardio_minutes" },
  coachingNotes: { label: "Coaching notes", path: "coaching_notes" },
};

export const GOALS = [Goal.CUT, Goal.BULK, Goal.RECOMP];

export function draftOf(client: Client): Draft {
  return {
    displayName: client.displayName,
    alias: client.alias,
    goal: client.goal,
    timezoneOffset: client.timezoneOffset,
    startDate: client.startDate,
    heightCm: client.heightCm,
    weightKg: client.weightKg,
    mealTemplateId: client.mealTemplateId,
    trainingTemplateId: client.trainingTemplateId,
    protein: client.macros?.protein ?? 0,
    carbs: client.macros?.carbs ?? 0,
    fats: client.macros?.fats ?? 0,
    cardioMinutes: client.cardioMinutes ?? null,
    coachingNotes: client.coachingNotes,
  };
}

/** The parts in which two drafts differ. */
export function changed(before: Draft, after: Draft): (keyof Draft)[] {
  return (Object.keys(FIELDS) as (keyof Draft)[]).filter((key) => before[key] !== after[key]);
}

/** Puts the parts that were edited over a profile that somebody else has changed meanwhile. */
export function over(theirs: Draft, mine: Draft, edited: readonly (keyof Draft)[]): Draft {
  return { ...theirs, ...Object.fromEntries(edited.map((key) => [key, mine[key]])) };
}

/** The parts that both sides changed, each to something else: a coach has to choose. */
export function disputed(base: Draft, mine: Draft, theirs: Draft): (keyof Draft)[] {
  const edited = new Set(changed(base, mine));
  return changed(base, theirs).filter((key) => edited.has(key) && mine[key] !== theirs[key]);
}

/** The paths to write, each once. */
export function pathsOf(keys: readonly (keyof Draft)[]): string[] {
  return [...new Set(keys.map((key) => FIELDS[key].path))];
}

/** The profile to send. */
export function clientOf(name: string, etag: string, draft: Draft): MessageInitShape<typeof ClientSchema> {
  const { protein, carbs, fats, cardioMinutes, ...rest } = draft;
  const macros: MessageInitShape<typeof MacrosSchema> = { protein, carbs, fats };
  return { name, etag, ...rest, macros, ...(cardioMinutes === null ? {} : { cardioMinutes }) };
}
