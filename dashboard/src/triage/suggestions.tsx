import { useState } from "react";
import {
  type JobCard,
  type Suggestion,
  SuggestionAnswer,
  SuggestionKind,
} from "@/gen/regiment/v1/job_card_service_pb";
import { Tag } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Field, Input, TextArea } from "@/ui/field";
import { suggestionName } from "@/words/names";
import { useDecide } from "./cards";
import { answer } from "./decide";

const ANSWERS: Record<SuggestionAnswer, string> = {
  [SuggestionAnswer.UNSPECIFIED]: "",
  [SuggestionAnswer.ACCEPTED]: "accepted",
  [SuggestionAnswer.EDITED]: "accepted with other values",
  [SuggestionAnswer.REJECTED]: "rejected",
};

/** What the card proposes. Nothing is applied before a coach has said so. */
export function Suggestions({ card, mayDecide }: { card: JobCard; mayDecide: boolean }) {
  return (
    <ul className="grid gap-3">
      {card.suggestions.map((suggestion, index) => (
        <li key={index} className="rounded-md border border-line bg-surface p-3">
          <div className="flex flex-wrap items-center gap-2">
            <h4 className="font-medium">{suggestionName[suggestion.kind]}</h4>
            {suggestion.answer ? <Tag>{ANSWERS[suggestion.answer]}</Tag> : null}
          </div>
          <p className="mt-0.5 text-sm text-muted">{suggestion.reason}</p>
          {mayDecide && !suggestion.answer ? (
            <AnswerForm card={card} suggestion={suggestion} index={index} />
          ) : (
            <Values suggestion={suggestion} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Values({ suggestion }: { suggestion: Suggestion }) {
  const said = Object.entries(suggestion.values).map(([field, value]) => `${field} ${value}`);
  return said.length > 0 ? <p className="mt-1 text-sm">{said.join(" · ")}</p> : null;
}

function AnswerForm({ card, suggestion, index }: { card: JobCard; suggestion: Suggestion; index: number }) {
  const decide = useDecide();
  const [values, setValues] = useState(suggestion.values);
  const [text, setText] = useState(card.calloutDraft);
  const isMessage = suggestion.kind === SuggestionKind.MESSAGE;
  const edited = Object.entries(values).some(([field, value]) => suggestion.values[field] !== value);
  const accept = () =>
    decide(
      [card],
      answer({
        suggestion: index,
        answer: edited ? SuggestionAnswer.EDITED : SuggestionAnswer.ACCEPTED,
        values: edited ? values : {},
        text: isMessage ? text : "",
      }),
    );
  return (
    <form
      className="mt-2 grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        accept();
      }}
    >
      {Object.keys(suggestion.values).length > 0 ? (
        <div className="grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] gap-2">
          {Object.entries(values).map(([field, value]) => (
            <Field key={field} label={field.replaceAll("_", " ")}>
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  value={value}
                  onChange={(event) => setValues({ ...values, [field]: event.target.valueAsNumber || 0 })}
                />
              )}
            </Field>
          ))}
        </div>
      ) : null}
      {isMessage ? (
        <Field label="The client reads">
          {(control) => (
            <TextArea
              {...control}
              maxLength={1800}
              required
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      <div className="flex gap-2">
        <Button type="submit">{edited ? "Accept with these values" : "Accept"}</Button>
        <Button
          tone="quiet"
          onClick={() =>
            decide(
              [card],
              answer({ suggestion: index, answer: SuggestionAnswer.REJECTED, values: {}, text: "" }),
            )
          }
        >
          Reject
        </Button>
      </div>
    </form>
  );
}
