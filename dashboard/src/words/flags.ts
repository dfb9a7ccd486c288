/** What the flags and wins of a card say, in a coach's words. */

const SAYS: Record<string, string> = {
  soft_compliance: "Missed meals on two days running",
  meal_compliance_low: "Under 80% of the week's meals",
  training_inconsistency: "Missed training on two days",
  non_responding_client: "Check-ins missing",
  grit_violation: "Cardio missed or cut short",
  cardio_underperformance: "Cardio cut short again and again",
  stalled_lift: "No progress in three attempts",
  lift_plateau: "Lift on a plateau",
  weight_stall: "Weight stalls in spite of full compliance",
  cut_failure: "Weight rises on a cut",
  unreported_gain: "Weight rises and check-ins are missing",
  bulk_failure: "Weight falls on a bulk",
  mood_drop: "Low for days",
  recovery_risk: "Sore, and not progressing",
  rapid_weight_loss: "Losing weight dangerously fast",
  silent_client: "Silent for three days",
  no_response: "No plan chosen",
  flag_parse_error: "A record could not be read",
  lapse_risk: "Likely to lapse",
  log_anomaly: "Logs deserve a second look",
  note_concern: "A note gives cause for concern",
  block_complete: "The block is complete",
  template_missing: "A template is missing",
  exercise_missing: "An exercise is not in the library",
  plan_gap: "The plan misses a macro",
  unreachable: "Can't be reached",
  escalation: "Infractions reached a step",
  held_back: "A message was held back",
  manual: "Raised by hand",
  perfect_week: "Perfect week",
  weight_on_target: "Weight on target",
  personal_record: "Personal record",
};

const SAFETY_TOPICS = ["injury", "illness", "disordered_eating", "self_harm"];

/** Splits `lift_plateau:ex_bp_001` into the flag and what it is about. */
export function partsOf(flag: string): { kind: string; about: string } {
  const at = flag.indexOf(":");
  return at < 0 ? { kind: flag, about: "" } : { kind: flag.slice(0, at), about: flag.slice(at + 1) };
}

/** What a flag or a win says: `Lift on a plateau: Bench Press`, by the exercise's id where its name is not at hand. */
export function says(flag: string, name?: string): string {
  const { kind, about } = partsOf(flag);
  const words = SAYS[kind] ?? plain(kind);
  return about ? `${words}: ${name ?? aboutName(about)}` : words;
}

/** Whether a flag puts the client's safety in question, as the server judges it. */
export function isSafety(flag: string): boolean {
  const { kind, about } = partsOf(flag);
  return kind === "rapid_weight_loss" || (kind === "note_concern" && SAFETY_TOPICS.includes(about));
}

/** The flags that a filter can name. */
export const knownFlags: readonly string[] = Object.keys(SAYS).filter(
  (flag) => !["perfect_week", "weight_on_target", "personal_record"].includes(flag),
);

/** `body_weight_lunge` is `Body weight lunge`. */
export function plain(name: string): string {
  return capital(name.replaceAll("_", " ").trim());
}

/** The same words with a capital letter. */
export function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function aboutName(about: string): string {
  return about.replace(/^ex_/, "").replaceAll("_", " ");
}
