import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { reason } from "@/api/refusal";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field, Input, Select } from "./field";
import { useAnnounce } from "./toast";

/** Asks for something and sends it. A refusal is said beside what was typed, and nothing typed is lost. */
export function FormDialog<A>({
  title,
  action,
  tone = "strong",
  send,
  done,
  ready = true,
  onClose,
  children,
}: {
  title: string;
  /** What the button says. */
  action: string;
  tone?: "strong" | "danger";
  /** The same `requestId` comes with every attempt, so that an answer that was lost does no harm. */
  send: (requestId: string) => Promise<A>;
  /** What is announced once it is done; it may say what the server answered. */
  done: string | ((answer: A) => string);
  ready?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [requestId] = useState(() => crypto.randomUUID());
  const [refused, setRefused] = useState("");
  const [sending, setSending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setRefused("");
    try {
      const answer = await send(requestId);
      announce.done(typeof done === "string" ? done : done(answer));
      onClose();
      await queries.invalidateQueries();
    } catch (error) {
      setRefused(reason(error));
      setSending(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="grid gap-3" onSubmit={submit}>
        {children}
        <div className="flex items-center justify-end gap-3">
          <p role="alert" className="flex-1 text-sm text-critical">
            {refused}
          </p>
          <Button tone={tone} type="submit" disabled={sending || !ready}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function DateField({
  label,
  value,
  onChange,
  min,
  optional = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  min?: string;
  optional?: boolean;
}) {
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="date"
          required={!optional}
          min={min}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Asks for one of a few values that have names. */
export function ChoiceField({
  label,
  error,
  value,
  choices,
  names,
  onChange,
}: {
  label: string;
  error?: string | undefined;
  value: number;
  choices: readonly number[];
  names: Record<number, string>;
  onChange: (value: number) => void;
}) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(Number(event.target.value))}>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {names[choice]}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
