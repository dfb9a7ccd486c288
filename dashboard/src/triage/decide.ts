import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  AnswerSchema,
  CardAction,
  CardState,
  type DismissReason,
  type FlagJudgment,
  type JobCard,
  type Resolve,
  type ResolveSchema,
  type SnoozeSchema,
  type Verdict,
  VerdictSchema,
} from "@/gen/regiment/v1/job_card_service_pb";
import { actionDone } from "@/words/names";

/** A decision on a card, before it is made. */
export type Decision = Verdict["verdict"];

/** The most cards that one call decides on: what the server takes. */
export const BATCH_LIMIT = 200;

/** More cards than this are asked about once more. */
export const CONFIRM_ABOVE = 20;

export const acknowledge: Decision = verdict({ case: "acknowledge", value: {} });
export const reopen: Decision = verdict({ case: "reopen", value: {} });

export function snoozeUntil(until: Date): Decision {
  return snooze({ case: "until", value: timestampFromDate(until) });
}

export function snooze(end: NonNullable<MessageInitShape<typeof SnoozeSchema>["end"]>): Decision {
  return verdict({ case: "snooze", value: { end } });
}

export function dismiss(reason: DismissReason, note: string): Decision {
  return verdict({ case: "dismiss", value: { reason, note } });
}

export function note(text: string): Decision {
  return verdict({ case: "note", value: { text } });
}

export function undo(decision: string): Decision {
  return verdict({ case: "undo", value: { decision } });
}

export function judge(flag: string, judgment: FlagJudgment): Decision {
  return verdict({ case: "judge", value: { flag, judgment } });
}

export function answer(of: MessageInitShape<typeof AnswerSchema>): Decision {
  return create(VerdictSchema, { verdict: { case: "answer", value: create(AnswerSchema, of) } }).verdict;
}

export function resolve(
  action: NonNullable<MessageInitShape<typeof ResolveSchema>["action"]>,
  noteText: string,
): Decision {
  return verdict({ case: "resolve", value: { action, note: noteText } });
}

/** Where a card will most likely stand after a decision, shown until the server has answered. */
export function foreseen(card: JobCard, decision: Decision): JobCard {
  switch (decision.case) {
    case "acknowledge":
      return { ...card, state: CardState.ACKNOWLEDGED };
    case "snooze":
      return { ...card, state: CardState.SNOOZED };
    case "dismiss":
      return { ...card, state: CardState.DISMISSED, resolved: true };
    case "resolve":
      // An escalated card waits for the admins.
      return isEscalation(decision.value)
        ? { ...card, state: CardState.ACKNOWLEDGED }
        : { ...card, state: CardState.RESOLVED, resolved: true };
    case "reopen":
      return { ...card, state: CardState.OPEN, resolved: false };
    default:
      return card;
  }
}

/** Says what was done, for the announcement: `Resolved Ada Stone: spoke to the client`. */
export function saidOf(decision: Decision, cards: readonly JobCard[]): string {
  const [first] = cards;
  const whom =
    cards.length === 1 && first ? first.displayName || first.alias || first.client : `${cards.length} cards`;
  switch (decision.case) {
    case "acknowledge":
      return `Acknowledged ${whom}`;
    case "snooze":
      return `Snoozed ${whom}`;
    case "dismiss":
      return `Dismissed ${whom}`;
    case "resolve":
      return `${isEscalation(decision.value) ? "Escalated" : "Resolved"} ${whom}: ${actionDone[actionOf(decision.value)]}`;
    case "reopen":
      return `Reopened ${whom}`;
    case "note":
      return `Noted on ${whom}`;
    case "judge":
      return `Judged a flag of ${whom}`;
    case "answer":
      return `Answered a suggestion for ${whom}`;
    case "undo":
      return `Taken back: ${whom}`;
    default:
      return `Decided on ${whom}`;
  }
}

/** Whether a decision moves a card, and so can be taken back. */
export function moves(decision: Decision): boolean {
  return ["acknowledge", "snooze", "dismiss", "resolve", "reopen"].includes(decision.case ?? "");
}

/** Whether taking a decision back leaves something standing: a message that was sent stays sent. */
export function leavesMessage(decision: Decision): boolean {
  return decision.case === "resolve" && decision.value.action.case === "callout";
}

/** The card to turn to when some are decided on: the next that stays, or the last one. */
export function nextAfter(
  cards: readonly JobCard[],
  decided: ReadonlySet<string>,
  current: string,
): string | undefined {
  const at = cards.findIndex(({ name }) => name === current);
  const stays = ({ name }: JobCard) => !decided.has(name);
  return (cards.slice(at + 1).find(stays) ?? cards.slice(0, Math.max(0, at)).findLast(stays))?.name;
}

/** Parts a list of decisions so that the server takes each part at once. */
export function batches<T>(all: readonly T[], limit = BATCH_LIMIT): T[][] {
  return Array.from({ length: Math.ceil(all.length / limit) }, (_, index) =>
    all.slice(index * limit, (index + 1) * limit),
  );
}

function actionOf({ action }: Resolve): CardAction {
  switch (action.case) {
    case "recorded":
      return action.value;
    case "callout":
      return CardAction.CALLOUT;
    case "reassign":
      return CardAction.REASSIGN;
    case "pause":
      return CardAction.PAUSE;
    case "escalate":
      return CardAction.ESCALATE;
    default:
      return CardAction.UNSPECIFIED;
  }
}

function isEscalation({ action }: Resolve): boolean {
  return action.case === "escalate";
}

function verdict(of: NonNullable<MessageInitShape<typeof VerdictSchema>["verdict"]>): Decision {
  return create(VerdictSchema, { verdict: of }).verdict;
}
