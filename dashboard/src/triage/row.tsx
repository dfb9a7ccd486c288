import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Check, ShieldAlert } from "lucide-react";
import { memo } from "react";
import { CardState, type JobCard } from "@/gen/regiment/v1/job_card_service_pb";
import { Avatar } from "@/ui/avatar";
import { SeverityBadge, Tag } from "@/ui/badge";
import { partsOf, says } from "@/words/flags";
import { actionName, goalName, userIdOf } from "@/words/names";
import { ago } from "@/words/time";

export const ROW_HEIGHT = 64;

/** One card of the list: who, how bad, what was found and what to do. */
export const CardRow = memo(function CardRow({
  card,
  active,
  selected,
  now,
}: {
  card: JobCard;
  active: boolean;
  selected: boolean;
  now: Date;
}) {
  const name = nameOf(card);
  return (
    <div
      className={`flex h-full items-center gap-3 border-b border-l-2 border-b-line pr-3 pl-3 ${active ? "border-l-accent bg-raised" : "border-l-transparent"}`}
    >
      <span className="relative">
        <Avatar name={name} id={userIdOf(card.name)} size={30} />
        {selected ? (
          <span className="absolute inset-0 grid place-items-center rounded-full bg-accent text-on-accent">
            <Check size={16} aria-hidden />
          </span>
        ) : null}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <SeverityBadge severity={card.severity} />
          <span className="truncate font-medium">{name}</span>
          {card.safety ? (
            <span className="inline-flex items-center gap-1 text-xs font-medium text-critical">
              <ShieldAlert size={14} aria-hidden />
              safety
            </span>
          ) : null}
          {card.state === CardState.ACKNOWLEDGED ? <Tag>seen</Tag> : null}
          <span className="ml-auto shrink-0 text-xs text-muted">
            {card.raiseTime ? ago(timestampDate(card.raiseTime), now) : card.date}
          </span>
        </div>
        <div className="mt-0.5 flex gap-2 text-sm text-muted">
          <span className="truncate">{headline(card)}</span>
          <span className="ml-auto shrink-0 text-xs leading-5 text-muted">
            {goalName[card.goal]} · {actionName[card.actionSuggested]}
          </span>
        </div>
      </div>
    </div>
  );
});

export function nameOf(card: Pick<JobCard, "displayName" | "alias" | "name">): string {
  return card.displayName || card.alias || userIdOf(card.name);
}

/** What the card found, in a line: the same kind of flag once, with how many it stands for. */
export function headline(card: Pick<JobCard, "flags" | "wins">): string {
  const found = card.flags.length > 0 ? card.flags : card.wins;
  const kinds = new Map<string, number>();
  for (const flag of found) {
    const { kind } = partsOf(flag);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const said = [...kinds].map(([kind, n]) => (n > 1 ? `${says(kind)} (${n})` : says(kind)));
  return said.join(" · ") || "Nothing to report";
}
