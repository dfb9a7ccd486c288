import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  type ActorRef,
  type CardDecision,
  FlagJudgment,
  type JobCard,
} from "@/gen/regiment/v1/job_card_service_pb";
import { says } from "@/words/flags";
import { actionName, dismissName } from "@/words/names";
import { ago, whole } from "@/words/time";

/** Notes and decisions in the order in which they came, and what the model computed. */
export function History({ card, now }: { card: JobCard; now: Date }) {
  return (
    <>
      {card.decisions.length > 0 ? (
        <section className="mt-6">
          <h3 className="eyebrow mb-1.5">What was decided</h3>
          <ol className="grid gap-1.5 text-sm">
            {card.decisions.toReversed().map((decision) => (
              <li key={decision.id} className="flex flex-wrap gap-x-2">
                <span>{decided(decision)}</span>
                <span className="text-muted">
                  {who(decision.actor)}
                  {decision.decideTime ? (
                    <>
                      {", "}
                      <time title={whole(timestampDate(decision.decideTime))}>
                        {ago(timestampDate(decision.decideTime), now)}
                      </time>
                    </>
                  ) : null}
                </span>
              </li>
            ))}
          </ol>
        </section>
      ) : null}
      {card.trace ? (
        <details className="mt-6">
          <summary className="eyebrow">What the model computed</summary>
          <pre className="mt-2 max-h-96 overflow-auto rounded-md border border-line bg-ground p-3 text-xs">
            {pretty(card.trace)}
          </pre>
        </details>
      ) : null}
    </>
  );
}

/** What a decision was, in words. */
export function decided({ verdict }: CardDecision): string {
  const kind = verdict?.verdict;
  switch (kind?.case) {
    case "acknowledge":
      return "Acknowledged";
    case "resolve": {
      const { action, note } = kind.value;
      const what =
        action.case === "recorded"
          ? `recorded “${actionName[action.value]}”`
          : (ACTIONS[action.case ?? ""] ?? "closed");
      return `Resolved: ${what}${note ? `. ${note}` : ""}`;
    }
    case "snooze":
      return kind.value.end.case === "until"
        ? `Snoozed until ${whole(timestampDate(kind.value.end.value))}`
        : `Snoozed until ${kind.value.end.case === "worse" ? "it gets worse" : "the next check-in"}`;
    case "dismiss":
      return `Dismissed: ${dismissName[kind.value.reason].toLowerCase()}${kind.value.note ? `. ${kind.value.note}` : ""}`;
    case "reopen":
      return "Reopened";
    case "note":
      return `Note: ${kind.value.text}`;
    case "answer":
      return "Answered a suggestion";
    case "judge":
      return `Called “${says(kind.value.flag)}” ${kind.value.judgment === FlagJudgment.RIGHT ? "right" : "wrong"}`;
    case "undo":
      return "Took a decision back";
    case "raise":
      return "Raised by hand";
    default:
      return "Decided";
  }
}

const ACTIONS: Record<string, string> = {
  callout: "sent the client a message",
  reassign: "assigned another block",
  pause: "paused the client",
  escalate: "called for the admins",
};

function who(actor: ActorRef | undefined): string {
  return actor ? `${actor.role}${actor.id ? ` ${actor.id}` : ""}` : "";
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
