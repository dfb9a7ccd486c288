import { type ReactNode, useState } from "react";
import { DismissReason, type JobCard } from "@/gen/regiment/v1/job_card_service_pb";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, TextArea } from "@/ui/field";
import { dismissName } from "@/words/names";
import { tomorrowAt, whole } from "@/words/time";
import { type Decision, dismiss, note, snooze, snoozeUntil } from "./decide";
import { nameOf } from "./row";

interface Asked {
  cards: readonly JobCard[];
  onDecide: (decision: Decision) => void;
  onClose: () => void;
}

const THREE_DAYS_MS = 3 * 86_400_000;

/** Asks for how long cards are put off. A digit answers. */
export function SnoozeDialog({
  cards,
  onDecide,
  onClose,
  utcOffsetSeconds,
}: Asked & { utcOffsetSeconds?: number | undefined }) {
  const now = new Date();
  const own = utcOffsetSeconds ?? -now.getTimezoneOffset() * 60;
  const morning = tomorrowAt(now, own, "06:00");
  const later = new Date(now.getTime() + THREE_DAYS_MS);
  const choices: [label: string, hint: string, Decision][] = [
    [
      utcOffsetSeconds === undefined ? "Tomorrow 06:00, your time" : "Tomorrow 06:00, the client's time",
      whole(morning),
      snoozeUntil(morning),
    ],
    ["Three days", whole(later), snoozeUntil(later)],
    ["Next check-in", "Submitted or missed", snooze({ case: "nextCheckin", value: true })],
    ["Until it gets worse", "Its severity rises, or a flag is added", snooze({ case: "worse", value: true })],
  ];
  return (
    <Dialog title={`Snooze ${whom(cards)}`} onClose={onClose}>
      <Choices
        choices={choices.map(([label, hint, decision]) => ({
          label,
          hint,
          choose: () => onDecide(decision),
        }))}
        onClose={onClose}
      />
      <p className="mt-3 text-xs text-muted">It comes back earlier when it gets worse.</p>
    </Dialog>
  );
}

const REASONS = [DismissReason.WRONG, DismissReason.KNOWN, DismissReason.NOT_NOW, DismissReason.NOT_USEFUL];

/** Asks why cards are set aside: the answer teaches the priority. A digit answers. */
export function DismissDialog({ cards, onDecide, onClose }: Asked) {
  const [said, setSaid] = useState("");
  return (
    <Dialog title={`Dismiss ${whom(cards)}`} onClose={onClose}>
      <Choices
        choices={REASONS.map((reason) => ({
          label: dismissName[reason],
          hint: "",
          choose: () => onDecide(dismiss(reason, said)),
        }))}
        onClose={onClose}
      />
      <div className="mt-3">
        <Field label="Note for other coaches">
          {(control) => (
            <TextArea
              {...control}
              className="min-h-14"
              maxLength={1800}
              value={said}
              onChange={(event) => setSaid(event.target.value)}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

export function NoteDialog({ cards, onDecide, onClose }: Asked) {
  const [text, setText] = useState("");
  return (
    <Dialog title={`Note on ${whom(cards)}`} onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onDecide(note(text.trim()));
          onClose();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.currentTarget.requestSubmit();
          }
        }}
      >
        <Field label="For other coaches, never for the client">
          {(control) => (
            <TextArea
              {...control}
              autoFocus
              required
              maxLength={1800}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end">
          <Button tone="strong" type="submit" hint="Ctrl ↵">
            Note
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Buttons in a column, each with its digit. Digits that are typed into a text stay text. */
function Choices({
  choices,
  onClose,
}: {
  choices: { label: ReactNode; hint: string; choose: () => void }[];
  onClose: () => void;
}) {
  const take = (index: number) => {
    choices[index]?.choose();
    onClose();
  };
  return (
    <ul
      className="grid gap-1"
      ref={(list) => {
        const listen = (event: KeyboardEvent) => {
          const index = Number(event.key) - 1;
          if (!(event.target instanceof HTMLTextAreaElement) && index in choices) {
            event.preventDefault();
            take(index);
          }
        };
        const dialog = list?.closest("dialog");
        dialog?.addEventListener("keydown", listen);
        return () => dialog?.removeEventListener("keydown", listen);
      }}
    >
      {choices.map(({ label, hint }, index) => (
        <li key={index}>
          <button
            type="button"
            onClick={() => take(index)}
            className="flex w-full items-center gap-3 rounded-md px-2 py-1.5 text-left hover:bg-raised"
          >
            <kbd className="grid size-5 place-items-center rounded border border-line text-xs text-muted">
              {index + 1}
            </kbd>
            <span className="flex-1">{label}</span>
            <span className="text-xs text-muted">{hint}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function whom(cards: readonly JobCard[]): string {
  const [first] = cards;
  return cards.length === 1 && first ? nameOf(first) : `${cards.length} cards`;
}
