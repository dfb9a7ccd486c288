import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, ShieldAlert, Trophy } from "lucide-react";
import { memo, type ReactNode } from "react";
import { AdherenceStrip, adherence } from "@/charts/strip";
import { useClientAtAGlance, useLifts } from "@/clients/summary";
import { CardState, type FlagJudgment, type JobCard } from "@/gen/regiment/v1/job_card_service_pb";
import { Avatar } from "@/ui/avatar";
import { SeverityBadge, Tag } from "@/ui/badge";
import { Button } from "@/ui/button";
import { percent } from "@/words/figures";
import { partsOf, says } from "@/words/flags";
import { actionName, goalName, sourceName, stateName, userIdOf } from "@/words/names";
import { ago, localClock, shortDate, whole } from "@/words/time";
import { EvidencePanel } from "./evidence";
import { History } from "./history";
import { nameOf } from "./row";
import { isAboutLift } from "./series";
import { Suggestions } from "./suggestions";

/** What the detail asks the page to do. */
export type Ask = "acknowledge" | "resolve" | "snooze" | "dismiss" | "note" | "reopen" | "undo";

/** One card in full: why it was raised, what changed, what was done before, and what can be done. */
export const CardDetail = memo(function CardDetail({
  card,
  now,
  mayDecide,
  onAsk,
  onJudge,
  onBack,
}: {
  card: JobCard;
  now: Date;
  mayDecide: boolean;
  onAsk: (ask: Ask) => void;
  onJudge: (flag: string, judgment: FlagJudgment) => void;
  onBack: () => void;
}) {
  const userId = userIdOf(card.name);
  const client = useClientAtAGlance(userId);
  const summary = client.data?.summary;
  const days = summary?.days ?? [];
  const done = adherence(days);
  const lifts = useLifts(userId, [...card.flags, ...card.wins].some(isAboutLift));
  const exercise = (flag: string) =>
    lifts.data?.find(({ exerciseId }) => exerciseId === partsOf(flag).about)?.exercise;
  return (
    <article aria-label={`Card of ${nameOf(card)}`} className="mx-auto max-w-4xl px-5 pt-4 pb-16">
      <Button tone="quiet" className="mb-2 lg:hidden" onClick={onBack}>
        <ArrowLeft size={14} aria-hidden />
        Cards
      </Button>
      <header className="flex flex-wrap items-start gap-3">
        <Avatar name={nameOf(card)} id={userId} size={40} />
        <div className="min-w-0 flex-1">
          <h2 className="flex flex-wrap items-center gap-x-2 text-lg leading-6 font-semibold">
            <Link to="/clients/$userId" params={{ userId }} className="hover:underline">
              {nameOf(card)}
            </Link>
            {card.alias && card.alias !== nameOf(card) ? (
              <span className="text-sm font-normal text-muted">{card.alias}</span>
            ) : null}
          </h2>
          <p className="text-sm text-muted">
            {goalName[card.goal]}
            {card.blockId ? ` · ${card.blockId.replaceAll("_", " ")}, week ${card.week}` : ""}
            {summary ? ` · ${localClock(now, summary.utcOffsetSeconds)} there` : ""}
            {card.raiseTime ? (
              <>
                {" · "}
                <time title={whole(timestampDate(card.raiseTime))}>
                  {sourceName[card.source]}, {ago(timestampDate(card.raiseTime), now)}
                </time>
              </>
            ) : null}
          </p>
        </div>
        <div className="flex items-center gap-2">
          <SeverityBadge severity={card.severity} />
          <Tag tone={card.state === CardState.OPEN ? "accent" : "muted"}>{stateName[card.state]}</Tag>
        </div>
      </header>

      {mayDecide ? <Actions card={card} onAsk={onAsk} /> : null}

      {card.safety ? (
        <p className="mt-4 flex items-center gap-2 rounded-md border border-critical/50 px-3 py-2 text-sm text-critical">
          <ShieldAlert size={16} aria-hidden className="shrink-0" />
          The client's safety is in question. Automatic warnings are held back until this card is closed.
        </p>
      ) : null}

      <p className="mt-4 text-base leading-6 text-pretty">{card.summary}</p>
      <p className="mt-1 text-sm text-muted">
        Suggested: <strong className="font-medium text-text">{actionName[card.actionSuggested]}</strong>
        {` · priority ${card.priority.toFixed(2)} · `}
        {card.modelVersion ? `model ${card.modelVersion}` : "rules only"}
      </p>

      {days.length > 0 ? (
        <div className="mt-4 flex flex-wrap items-end gap-x-6 gap-y-2">
          <div>
            <p className="eyebrow mb-1">Last 28 days{done === null ? "" : ` · ${percent(done)} done`}</p>
            <AdherenceStrip days={days} />
          </div>
          {summary?.lapseRisk === undefined ? null : (
            <div>
              <p className="eyebrow">Risk of a lapse</p>
              <p className="text-lg leading-6 font-semibold">{percent(summary.lapseRisk)}</p>
            </div>
          )}
        </div>
      ) : null}

      {card.wins.length > 0 ? (
        <Section title="What went well">
          <ul className="flex flex-wrap gap-2">
            {card.wins.map((win) => (
              <li key={win}>
                <Tag tone="good">
                  <Trophy size={12} aria-hidden />
                  {says(win, exercise(win))}
                </Tag>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}

      {card.evidence.length > 0 ? (
        <Section title="Why">
          <ul>
            {card.evidence.map((evidence, index) => (
              <EvidencePanel
                key={index}
                card={card}
                evidence={evidence}
                days={days}
                onJudge={mayDecide ? (judgment) => onJudge(evidence.flag, judgment) : undefined}
              />
            ))}
          </ul>
        </Section>
      ) : null}

      {card.suggestions.length > 0 ? (
        <Section title="Suggestions">
          <Suggestions card={card} mayDecide={mayDecide} />
        </Section>
      ) : null}

      {card.earlier ? (
        <Section title={`Since ${shortDate(card.earlier.date)}`}>
          <Earlier earlier={card.earlier} />
        </Section>
      ) : null}

      <History card={card} now={now} />
    </article>
  );
});

function Actions({ card, onAsk }: { card: JobCard; onAsk: (ask: Ask) => void }) {
  const closed = card.resolved || card.state === CardState.MERGED;
  return (
    <div role="toolbar" aria-label="Decide" className="mt-3 flex flex-wrap gap-2">
      {closed || card.state === CardState.SNOOZED ? (
        <Button hint="O" onClick={() => onAsk("reopen")} disabled={card.state === CardState.MERGED}>
          Reopen
        </Button>
      ) : null}
      {closed ? null : (
        <>
          <Button tone="strong" hint="E" onClick={() => onAsk("resolve")}>
            Resolve
          </Button>
          {card.state === CardState.OPEN ? (
            <Button hint="A" onClick={() => onAsk("acknowledge")}>
              Acknowledge
            </Button>
          ) : null}
          <Button hint="H" onClick={() => onAsk("snooze")}>
            Snooze
          </Button>
          <Button hint="D" onClick={() => onAsk("dismiss")}>
            Dismiss
          </Button>
        </>
      )}
      <Button hint="N" onClick={() => onAsk("note")}>
        Note
      </Button>
      {card.undoableDecision ? (
        <Button tone="quiet" onClick={() => onAsk("undo")}>
          Take the last decision back
        </Button>
      ) : null}
    </div>
  );
}

function Earlier({ earlier }: { earlier: NonNullable<JobCard["earlier"]> }) {
  const { newFlags, goneFlags, resolution, state } = earlier;
  return (
    <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[7rem_1fr]">
      <dt className="text-muted">New</dt>
      <dd>{newFlags.map((flag) => says(flag)).join(", ") || "nothing"}</dd>
      <dt className="text-muted">Gone</dt>
      <dd>{goneFlags.map((flag) => says(flag)).join(", ") || "nothing"}</dd>
      <dt className="text-muted">Done then</dt>
      <dd>
        {resolution
          ? `${actionName[resolution.action]}${resolution.note ? `: ${resolution.note}` : ""}`
          : `nobody decided (${stateName[state]})`}
      </dd>
    </dl>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-6">
      <h3 className="eyebrow mb-1.5">{title}</h3>
      {children}
    </section>
  );
}
