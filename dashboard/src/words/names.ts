import { Role } from "@/gen/regiment/v1/auth_service_pb";
import {
  ClientStatus,
  ExcuseReason,
  Gate,
  Goal,
  InfractionKind,
  Level,
  Mood,
  Sleep,
  Stream,
} from "@/gen/regiment/v1/client_service_pb";
import { DeliveryState } from "@/gen/regiment/v1/delivery_service_pb";
import {
  CardAction,
  CardSource,
  CardState,
  DismissReason,
  Severity,
  SuggestionKind,
} from "@/gen/regiment/v1/job_card_service_pb";

/** What people call the values of the API. */

export const severityName: Record<Severity, string> = {
  [Severity.UNSPECIFIED]: "unknown",
  [Severity.LOW]: "low",
  [Severity.MEDIUM]: "medium",
  [Severity.HIGH]: "high",
  [Severity.CRITICAL]: "critical",
};

export const actionName: Record<CardAction, string> = {
  [CardAction.UNSPECIFIED]: "nothing",
  [CardAction.NONE]: "nothing to do",
  [CardAction.CALLOUT]: "speak to the client",
  [CardAction.REASSIGN]: "assign another block",
  [CardAction.PAUSE]: "pause",
  [CardAction.ESCALATE]: "look today",
};

/** What was done, once it was. */
export const actionDone: Record<CardAction, string> = {
  [CardAction.UNSPECIFIED]: "closed",
  [CardAction.NONE]: "nothing was to do",
  [CardAction.CALLOUT]: "spoke to the client",
  [CardAction.REASSIGN]: "assigned another block",
  [CardAction.PAUSE]: "paused the client",
  [CardAction.ESCALATE]: "escalated",
};

export const sourceName: Record<CardSource, string> = {
  [CardSource.UNSPECIFIED]: "unknown",
  [CardSource.WEEKLY_SCAN]: "weekly scan",
  [CardSource.INFRACTION]: "infractions",
  [CardSource.CHECKIN]: "check-in",
  [CardSource.SYSTEM]: "system",
  [CardSource.MANUAL]: "raised by hand",
};

export const stateName: Record<CardState, string> = {
  [CardState.UNSPECIFIED]: "unknown",
  [CardState.OPEN]: "open",
  [CardState.ACKNOWLEDGED]: "acknowledged",
  [CardState.SNOOZED]: "snoozed",
  [CardState.RESOLVED]: "resolved",
  [CardState.DISMISSED]: "dismissed",
  [CardState.MERGED]: "merged",
};

export const dismissName: Record<DismissReason, string> = {
  [DismissReason.UNSPECIFIED]: "no reason",
  [DismissReason.WRONG]: "What it says is not so",
  [DismissReason.KNOWN]: "I knew",
  [DismissReason.NOT_NOW]: "It can wait",
  [DismissReason.NOT_USEFUL]: "True, and nothing follows",
};

export const suggestionName: Record<SuggestionKind, string> = {
  [SuggestionKind.UNSPECIFIED]: "Suggestion",
  [SuggestionKind.MESSAGE]: "Private message",
  [SuggestionKind.MACROS]: "Other macros",
  [SuggestionKind.CARDIO]: "Other cardio",
  [SuggestionKind.REFEED]: "Refeed",
  [SuggestionKind.BLOCK_CHANGE]: "Another block",
  [SuggestionKind.DELOAD]: "Lighter week",
  [SuggestionKind.RECHECK_LOGS]: "Look at the logs",
};

export const goalName: Record<Goal, string> = {
  [Goal.UNSPECIFIED]: "no goal",
  [Goal.CUT]: "cut",
  [Goal.BULK]: "bulk",
  [Goal.RECOMP]: "recomp",
};

export const statusName: Record<ClientStatus, string> = {
  [ClientStatus.UNSPECIFIED]: "unknown",
  [ClientStatus.PENDING]: "pending",
  [ClientStatus.ACTIVE]: "active",
  [ClientStatus.ARCHIVED]: "archived",
};

export const gateName: Record<Gate, string> = {
  [Gate.UNSPECIFIED]: "unknown",
  [Gate.OPEN]: "under orders",
  [Gate.NOT_ACTIVE]: "not active",
  [Gate.PAUSED]: "paused",
  [Gate.NOT_STARTED]: "not started",
};

export const streamName: Record<Stream, string> = {
  [Stream.UNSPECIFIED]: "item",
  [Stream.MEAL]: "meal",
  [Stream.TRAINING]: "training",
  [Stream.CARDIO]: "cardio",
  [Stream.CHECKIN]: "check-in",
};

export const excuseReasonName: Record<ExcuseReason, string> = {
  [ExcuseReason.UNSPECIFIED]: "no reason",
  [ExcuseReason.INJURY]: "injury",
  [ExcuseReason.ILLNESS]: "illness",
  [ExcuseReason.TRAVEL]: "travel",
  [ExcuseReason.FAMILY]: "family",
  [ExcuseReason.OTHER]: "another reason",
};

export const infractionName: Record<InfractionKind, string> = {
  [InfractionKind.UNSPECIFIED]: "unknown",
  [InfractionKind.MEALS]: "meals",
  [InfractionKind.TRAINING]: "training",
  [InfractionKind.CHECKINS]: "check-ins",
  [InfractionKind.CARDIO]: "cardio",
};

export const moodName: Record<Mood, string> = {
  [Mood.UNSPECIFIED]: "",
  [Mood.GREAT]: "great",
  [Mood.OKAY]: "okay",
  [Mood.BAD]: "bad",
};

export const levelName: Record<Level, string> = {
  [Level.UNSPECIFIED]: "",
  [Level.LOW]: "low",
  [Level.MEDIUM]: "medium",
  [Level.HIGH]: "high",
};

export const sleepName: Record<Sleep, string> = {
  [Sleep.SLEEP_UNSPECIFIED]: "",
  [Sleep.SLEEP_4H]: "4 h",
  [Sleep.SLEEP_6H]: "6 h",
  [Sleep.SLEEP_8H]: "8 h",
};

export const roleName: Record<Role, string> = {
  [Role.UNSPECIFIED]: "nobody",
  [Role.VIEWER]: "viewer",
  [Role.COACH]: "coach",
  [Role.ADMIN]: "admin",
  [Role.BOT]: "bot",
};

export const deliveryStateName: Record<DeliveryState, string> = {
  [DeliveryState.UNSPECIFIED]: "any state",
  [DeliveryState.PENDING]: "pending",
  [DeliveryState.DELIVERED]: "delivered",
  [DeliveryState.REFUSED]: "refused",
  [DeliveryState.UNKNOWN]: "unknown",
  [DeliveryState.MISSED]: "missed",
  [DeliveryState.WITHDRAWN]: "withdrawn",
};

const TRIGGERS: Record<string, string> = {
  checkin_drop: "check-in",
  meal_drop: "meals",
  training_drop: "workout",
  checkin_close: "check-in closes",
  day_close: "day closes",
  plan_prompt: "plan prompt",
  plan_deadline: "plan deadline",
  shopping_list: "rearming order",
  pause_end: "pause ends",
};

/** What a trigger does to a client, in a word or two. */
export function triggerName(trigger: string): string {
  return TRIGGERS[trigger] ?? trigger.replaceAll("_", " ");
}

/** `clients/42` or `clients/42/jobCards/7` gives `42`. */
export function userIdOf(name: string): string {
  return name.split("/")[1] ?? "";
}
