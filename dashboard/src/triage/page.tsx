import { getRouteApi } from "@tanstack/react-router";
import { Sunrise } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useNow } from "@/app/now";
import { useSession } from "@/app/session";
import { useStable } from "@/app/stable";
import { useClientAtAGlance } from "@/clients/summary";
import { CardAction, type FlagJudgment, type JobCard, Severity } from "@/gen/regiment/v1/job_card_service_pb";
import { useKeys } from "@/keys/keys";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { severityName, userIdOf } from "@/words/names";
import { useCard, useCards, useDecide } from "./cards";
import { acknowledge, type Decision, judge, nextAfter, reopen, undo } from "./decide";
import { type Ask, CardDetail } from "./detail";
import { DismissDialog, NoteDialog, SnoozeDialog } from "./dialogs";
import { TriageFilter } from "./filter";
import { inHand, step, toggled } from "./hand";
import { CardList } from "./list";
import { ResolveDialog } from "./resolve";
import { keyOf, speaksOf } from "./search";

const route = getRouteApi("/triage");

/** How long the card in hand must rest before the address follows. */
const SETTLED_MS = 200;

type Asked = { ask: "resolve"; action: CardAction } | { ask: "snooze" | "dismiss" | "note" };

export function TriagePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { mayDecide } = useSession();
  const listed = useCards(search);
  const decide = useDecide();
  const now = useNow();
  const { q } = search;
  const cards = useMemo(
    () => (q ? (listed.data ?? []).filter((card) => speaksOf(card, q)) : (listed.data ?? [])),
    [listed.data, q],
  );
  const [turnedTo, turnTo] = useState(() => nameFrom(search.card));
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked | null>(null);

  const active = cards.some(({ name }) => name === turnedTo) ? turnedTo : (cards[0]?.name ?? "");
  const card = cards.find(({ name }) => name === active);
  const shownName = useDeferredValue(active);
  const shown = useCard(
    shownName,
    cards.find(({ name }) => name === shownName),
  );
  const client = useClientAtAGlance(userIdOf(active));
  const subject = inHand(cards, chosen, card);
  useAddress(active, search.card, turnTo);

  const setOpen = (open: boolean) =>
    navigate({ search: (before) => ({ ...before, open: open || undefined }), replace: !open });

  const act = (what: Decision | ((card: JobCard) => Decision), leaves: boolean) => {
    if (subject.length === 0) {
      return;
    }
    if (leaves) {
      turnTo(nextAfter(cards, new Set(subject.map(({ name }) => name)), active) ?? "");
      choose(new Set());
    }
    decide(subject, what);
  };
  const waiting = (search.view ?? "waiting") === "waiting";

  const ask = (what: Ask) => {
    if (what === "acknowledge") {
      act(acknowledge, false);
    } else if (what === "reopen") {
      act(reopen, true);
    } else if (what === "undo") {
      const full = shown.data;
      if (full?.undoableDecision) {
        decide([full], undo(full.undoableDecision));
      }
    } else if (subject.length > 0) {
      setAsked(
        what === "resolve" ? { ask: what, action: card?.actionSuggested ?? CardAction.NONE } : { ask: what },
      );
    }
  };
  const resolveWith = (action: CardAction) => subject.length > 0 && setAsked({ ask: "resolve", action });
  const move = (by: number) => turnTo(step(cards, active, by));
  const extend = (by: number) => {
    const next = step(cards, active, by);
    choose(new Set([...chosen, active, next]));
    turnTo(next);
  };

  const group = "Triage";
  useKeys([
    { keys: "j", label: "Next card", group, run: () => move(1) },
    { keys: "k", label: "Previous card", group, run: () => move(-1) },
    { keys: "arrowdown", label: "Next card", group, run: () => move(1) },
    { keys: "arrowup", label: "Previous card", group, run: () => move(-1) },
    { keys: "enter", label: "Open the card", group, run: () => setOpen(true) },
    {
      keys: "escape",
      label: "Back to the list",
      group,
      run: () => (chosen.size > 0 ? choose(new Set()) : setOpen(false)),
    },
    { keys: "/", label: "Search the cards", group, run: () => document.getElementById("triage-q")?.focus() },
    ...(mayDecide
      ? [
          { keys: "x", label: "Choose the card", group, run: () => choose(toggled(chosen, active)) },
          { keys: "shift+j", label: "Choose downwards", group, run: () => extend(1) },
          { keys: "shift+k", label: "Choose upwards", group, run: () => extend(-1) },
          { keys: "a", label: "Acknowledge", group, run: () => ask("acknowledge") },
          { keys: "e", label: "Resolve as suggested", group, run: () => ask("resolve") },
          { keys: "m", label: "Message the client", group, run: () => resolveWith(CardAction.CALLOUT) },
          { keys: "1", label: "Speak to the client", group, run: () => resolveWith(CardAction.CALLOUT) },
          { keys: "2", label: "Assign another block", group, run: () => resolveWith(CardAction.REASSIGN) },
          { keys: "3", label: "Pause", group, run: () => resolveWith(CardAction.PAUSE) },
          { keys: "4", label: "Escalate", group, run: () => resolveWith(CardAction.ESCALATE) },
          { keys: "h", label: "Snooze", group, run: () => ask("snooze") },
          { keys: "d", label: "Dismiss", group, run: () => ask("dismiss") },
          { keys: "n", label: "Note", group, run: () => ask("note") },
          { keys: "o", label: "Reopen", group, run: () => ask("reopen") },
        ]
      : []),
  ]);

  const close = () => setAsked(null);
  // The card is drawn after the list has shown where the hand is, so nothing of it may change with a key.
  const onAsk = useStable(ask);
  const onBack = useStable(() => setOpen(false));
  const onJudge = useStable((flag: string, judgment: FlagJudgment) => {
    if (shown.data) {
      decide([shown.data], judge(flag, judgment));
    }
  });
  return (
    <div className="grid h-full min-h-0 lg:grid-cols-[minmax(22rem,30rem)_1fr]">
      <section
        aria-label="Cards"
        className={`flex min-h-0 flex-col border-r border-line bg-surface ${search.open ? "max-lg:hidden" : ""}`}
      >
        <TriageFilter
          search={search}
          n={cards.length}
          onChange={(change) => navigate({ search: (before) => ({ ...before, ...change }), replace: true })}
        />
        {chosen.size > 0 ? <ChosenBar cards={subject} onAsk={ask} onClear={() => choose(new Set())} /> : null}
        <div className="min-h-0 flex-1">
          {listed.isPending ? (
            <Loading what="the cards" />
          ) : listed.isError && !listed.data ? (
            <Failed error={listed.error} retry={() => listed.refetch()} />
          ) : cards.length === 0 ? (
            <Empty Icon={Sunrise} title={waiting ? "Nothing needs you." : "No card here."}>
              {q || search.flag || search.severity || search.source
                ? "With this filter. Clear it to see the rest."
                : waiting
                  ? "New cards come with the deadlines of each client's day, and with the weekly scan on Sunday at 22:00 UTC."
                  : null}
            </Empty>
          ) : (
            <CardList
              cards={cards}
              active={active}
              selected={chosen}
              now={now}
              onTurnTo={turnTo}
              onOpen={() => setOpen(true)}
            />
          )}
        </div>
      </section>
      <section
        aria-label="The card in hand"
        className={`min-h-0 overflow-y-auto ${search.open ? "" : "max-lg:hidden"}`}
      >
        {shown.data ? (
          <CardDetail
            card={shown.data}
            now={now}
            mayDecide={mayDecide}
            onAsk={onAsk}
            onJudge={onJudge}
            onBack={onBack}
          />
        ) : null}
      </section>
      {asked?.ask === "resolve" ? (
        <ResolveDialog
          cards={subject}
          action={asked.action}
          blocks={[...new Set(cards.map(({ blockId }) => blockId).filter(Boolean))]}
          onDecide={(what) => act(what, true)}
          onClose={close}
        />
      ) : null}
      {asked?.ask === "snooze" ? (
        <SnoozeDialog
          cards={subject}
          utcOffsetSeconds={subject.length === 1 ? client.data?.summary?.utcOffsetSeconds : undefined}
          onDecide={(what) => act(what, true)}
          onClose={close}
        />
      ) : null}
      {asked?.ask === "dismiss" ? (
        <DismissDialog cards={subject} onDecide={(what) => act(what, true)} onClose={close} />
      ) : null}
      {asked?.ask === "note" ? (
        <NoteDialog cards={subject} onDecide={(what) => act(what, false)} onClose={close} />
      ) : null}
    </div>
  );
}

/** Lets the address follow the card in hand, and the card in hand an address that was typed or gone back to. */
function useAddress(active: string, addressed: string | undefined, turnTo: (name: string) => void) {
  const navigate = route.useNavigate();
  const written = useRef(addressed);
  useEffect(() => {
    const settled = setTimeout(() => {
      const key = active ? keyOf(active) : undefined;
      if (key !== written.current) {
        written.current = key;
        navigate({ search: ({ card: _, ...rest }) => (key ? { ...rest, card: key } : rest), replace: true });
      }
    }, SETTLED_MS);
    return () => clearTimeout(settled);
  }, [active, navigate]);
  useEffect(() => {
    if (addressed && addressed !== written.current) {
      written.current = addressed;
      turnTo(nameFrom(addressed));
    }
  }, [addressed, turnTo]);
}

function nameFrom(key: string | undefined): string {
  const [user, id] = (key ?? "").split("/");
  return user && id ? `clients/${user}/jobCards/${id}` : "";
}

/** What is chosen, and what can be done with all of it. */
function ChosenBar({
  cards,
  onAsk,
  onClear,
}: {
  cards: readonly JobCard[];
  onAsk: (ask: Ask) => void;
  onClear: () => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-raised px-3 py-1.5">
      <span className="text-sm" role="status">
        {cards.length} chosen{mixture(cards)}
      </span>
      <span className="ml-auto flex gap-1">
        <Button hint="E" onClick={() => onAsk("resolve")}>
          Resolve
        </Button>
        <Button hint="H" onClick={() => onAsk("snooze")}>
          Snooze
        </Button>
        <Button hint="D" onClick={() => onAsk("dismiss")}>
          Dismiss
        </Button>
        <Button tone="quiet" onClick={onClear}>
          Clear
        </Button>
      </span>
    </div>
  );
}

/** Says so where what is chosen is not all of one severity: `: 1 critical, 2 low`. */
export function mixture(cards: readonly Pick<JobCard, "severity">[]): string {
  const all = [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW];
  const counts = all
    .map((severity) => [severity, cards.filter((card) => card.severity === severity).length] as const)
    .filter(([, n]) => n > 0);
  return counts.length > 1
    ? `: ${counts.map(([severity, n]) => `${n} ${severityName[severity]}`).join(", ")}`
    : "";
}
