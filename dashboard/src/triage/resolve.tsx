import { type FormEvent, useState } from "react";
import { CardAction, type JobCard } from "@/gen/regiment/v1/job_card_service_pb";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input, Select, TextArea } from "@/ui/field";
import { actionName } from "@/words/names";
import { plusDays } from "@/words/time";
import { CONFIRM_ABOVE, type Decision, resolve } from "./decide";
import { nameOf } from "./row";

const ONE: CardAction[] = [
  CardAction.CALLOUT,
  CardAction.REASSIGN,
  CardAction.PAUSE,
  CardAction.ESCALATE,
  CardAction.NONE,
];

/** What can be said of several clients at once: a message is each one's own draft. */
const SEVERAL: CardAction[] = [CardAction.CALLOUT, CardAction.ESCALATE, CardAction.NONE];

/** Asks how cards are closed, and with what. */
export function ResolveDialog({
  cards,
  action: wanted,
  blocks,
  onDecide,
  onClose,
}: {
  cards: readonly JobCard[];
  action: CardAction;
  blocks: readonly string[];
  onDecide: (decide: (card: JobCard) => Decision) => void;
  onClose: () => void;
}) {
  const [first] = cards;
  const several = cards.length > 1;
  const offered = several ? SEVERAL : ONE;
  const [action, setAction] = useState(offered.includes(wanted) ? wanted : CardAction.NONE);
  const [recordOnly, setRecordOnly] = useState(false);
  const [text, setText] = useState(first?.calloutDraft ?? "");
  const [block, setBlock] = useState("");
  const [until, setUntil] = useState(plusDays(new Date().toISOString().slice(0, 10), 7));
  const [note, setNote] = useState("");
  const performed = !recordOnly && action !== CardAction.NONE;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDecide((card) => {
      if (!performed) {
        return resolve({ case: "recorded", value: action }, note);
      }
      switch (action) {
        case CardAction.CALLOUT:
          return resolve({ case: "callout", value: { text: several ? card.calloutDraft : text } }, note);
        case CardAction.REASSIGN:
          return resolve({ case: "reassign", value: { trainingTemplateId: block.trim() } }, note);
        case CardAction.PAUSE:
          return resolve({ case: "pause", value: { until } }, note);
        default:
          return resolve({ case: "escalate", value: {} }, note);
      }
    });
    onClose();
  };

  return (
    <Dialog
      title={several ? `Resolve ${cards.length} cards` : `Resolve: ${first ? nameOf(first) : ""}`}
      onClose={onClose}
    >
      <form
        className="grid gap-4"
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.currentTarget.requestSubmit();
          }
        }}
      >
        <Field label="What is done">
          {(control) => (
            <Select {...control} value={action} onChange={(event) => setAction(Number(event.target.value))}>
              {offered.map((one) => (
                <option key={one} value={one}>
                  {actionName[one]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {action === CardAction.NONE ? null : (
          <label className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={recordOnly}
              onChange={(event) => setRecordOnly(event.target.checked)}
            />
            It was done elsewhere: only record it
          </label>
        )}
        {performed && action === CardAction.CALLOUT && !several ? (
          <Field
            label="The client reads"
            hint={`${text.length} of 1800 characters. A message that was sent can't be recalled.`}
          >
            {(control) => (
              <TextArea
                {...control}
                required
                maxLength={1800}
                rows={8}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        {performed && action === CardAction.CALLOUT && several ? (
          <p className="text-sm text-muted">
            Each client is sent the draft of his own card. A message that was sent can't be recalled.
          </p>
        ) : null}
        {performed && action === CardAction.REASSIGN ? (
          <Field
            label="New training block"
            hint="At once, or from the next training day where today's workout has gone out."
          >
            {(control) => (
              <>
                <Input
                  {...control}
                  required
                  list="blocks"
                  value={block}
                  onChange={(event) => setBlock(event.target.value)}
                />
                <datalist id="blocks">
                  {blocks.map((id) => (
                    <option key={id} value={id} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
        ) : null}
        {performed && action === CardAction.PAUSE ? (
          <Field label="Orders begin again on" hint="At 00:00 of the client's own day.">
            {(control) => (
              <Input
                {...control}
                type="date"
                required
                value={until}
                onChange={(event) => setUntil(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        {performed && action === CardAction.ESCALATE ? (
          <p className="text-sm text-muted">
            The admins are alerted, and automatic warnings stay silent until the card is closed.
          </p>
        ) : null}
        <Field label="Note for other coaches">
          {(control) => (
            <TextArea
              {...control}
              className="min-h-14"
              maxLength={1800}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        {cards.length > CONFIRM_ABOVE ? (
          <label className="flex items-center gap-2 text-sm text-high">
            <input type="checkbox" required />
            Yes, all {cards.length} of them
          </label>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button tone="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button tone="strong" type="submit" hint="Ctrl ↵">
            {performed && action === CardAction.CALLOUT ? "Send and resolve" : "Resolve"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
