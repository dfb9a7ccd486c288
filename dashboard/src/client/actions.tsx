import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApi } from "@/api/api";
import { reason } from "@/api/refusal";
import { type Client, ClientStatus, ExcuseReason, Stream } from "@/gen/regiment/v1/client_service_pb";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input, Select, TextArea } from "@/ui/field";
import { useAnnounce } from "@/ui/toast";
import { streamName } from "@/words/names";
import { plusDays, shortDate } from "@/words/time";

type Asked = "pause" | "resume" | "excuse" | "activate";

const REASONS: [ExcuseReason, string][] = [
  [ExcuseReason.INJURY, "Injury"],
  [ExcuseReason.ILLNESS, "Illness"],
  [ExcuseReason.TRAVEL, "Travel"],
  [ExcuseReason.FAMILY, "Family"],
  [ExcuseReason.OTHER, "Other"],
];

const STREAMS = [Stream.CHECKIN, Stream.MEAL, Stream.TRAINING, Stream.CARDIO];

/** What a coach can do with a client as a whole. */
export function ClientActions({ client, today }: { client: Client; today: string }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const isActive = client.status === ClientStatus.ACTIVE;
  return (
    <div role="toolbar" aria-label="Client" className="flex gap-2">
      {client.status === ClientStatus.PENDING ? (
        <Button tone="strong" onClick={() => setAsked("activate")}>
          Activate
        </Button>
      ) : null}
      {isActive && client.paused ? <Button onClick={() => setAsked("resume")}>Resume</Button> : null}
      {isActive && !client.paused ? <Button onClick={() => setAsked("pause")}>Pause</Button> : null}
      {isActive ? <Button onClick={() => setAsked("excuse")}>Excuse</Button> : null}
      {asked ? <Form client={client} today={today} asked={asked} onClose={() => setAsked(null)} /> : null}
    </div>
  );
}

const TITLES: Record<Asked, string> = {
  pause: "Pause",
  resume: "Resume",
  excuse: "Excuse",
  activate: "Activate",
};

function Form({
  client,
  today,
  asked,
  onClose,
}: {
  client: Client;
  today: string;
  asked: Asked;
  onClose: () => void;
}) {
  const api = useApi();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [why, setWhy] = useState("");
  const [from, setFrom] = useState(today);
  const [until, setUntil] = useState(asked === "pause" ? plusDays(today, 7) : today);
  const [cause, setCause] = useState(ExcuseReason.ILLNESS);
  const [streams, setStreams] = useState<readonly Stream[]>(STREAMS);
  const [refused, setRefused] = useState("");
  const { name, etag } = client;
  const requestId = useState(() => crypto.randomUUID())[0];

  const carryOut = () => {
    switch (asked) {
      case "pause":
        return api.clients.pauseClient({ name, etag, reason: why, until, requestId });
      case "resume":
        return api.clients.resumeClient({ name, etag, reason: why, requestId });
      case "activate":
        return api.clients.activateClient({ name, etag, welcome: why, requestId });
      case "excuse":
        return api.clients.excuseClient({
          name,
          span: {
            fromDate: from,
            untilDate: until,
            streams: streams.length === STREAMS.length ? [] : [...streams],
            reason: cause,
          },
          note: why,
          requestId,
        });
    }
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await carryOut();
      announce.done(DONE[asked](until));
      onClose();
      await queries.invalidateQueries();
    } catch (error) {
      setRefused(reason(error));
    }
  };

  return (
    <Dialog title={`${TITLES[asked]} ${client.displayName || client.alias}`} onClose={onClose}>
      <form className="grid gap-3" onSubmit={submit}>
        {asked === "excuse" ? (
          <>
            <div className="grid grid-cols-2 gap-3">
              <DateField label="From" value={from} onChange={setFrom} />
              <DateField label="Until, inclusive" value={until} onChange={setUntil} min={from} />
            </div>
            <Field label="Reason">
              {(control) => (
                <Select {...control} value={cause} onChange={(event) => setCause(Number(event.target.value))}>
                  {REASONS.map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
              <legend className="mb-1 text-xs font-medium text-muted">What it covers</legend>
              {STREAMS.map((stream) => (
                <label key={stream} className="flex items-center gap-1.5 text-sm">
                  <input
                    type="checkbox"
                    checked={streams.includes(stream)}
                    onChange={(event) =>
                      setStreams(
                        event.target.checked
                          ? [...streams, stream]
                          : streams.filter((other) => other !== stream),
                      )
                    }
                  />
                  {streamName[stream]}
                </label>
              ))}
            </fieldset>
          </>
        ) : null}
        {asked === "pause" ? (
          <>
            <p className="text-sm text-muted">
              Today's open items vanish, and nothing is ordered until the pause ends.
            </p>
            <DateField
              label="Orders begin again on (empty: until resumed)"
              value={until}
              onChange={setUntil}
              min={plusDays(today, 1)}
              optional
            />
          </>
        ) : null}
        {asked === "resume" ? (
          <p className="text-sm text-muted">Orders begin with the next trigger.</p>
        ) : null}
        <Field
          label={
            asked === "activate" ? "Welcome message" : asked === "excuse" ? "Note for other coaches" : "Why"
          }
          hint={asked === "activate" ? "Empty: the text of the template." : undefined}
          error={refused || undefined}
        >
          {(control) => (
            <TextArea
              {...control}
              required={asked === "pause" || asked === "resume"}
              className="min-h-16"
              value={why}
              onChange={(event) => setWhy(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end">
          <Button tone="strong" type="submit" disabled={asked === "excuse" && streams.length === 0}>
            {TITLES[asked]}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const DONE: Record<Asked, (until: string) => string> = {
  pause: (until) => (until ? `Paused until ${shortDate(until)}.` : "Paused until resumed."),
  resume: () => "Resumed.",
  excuse: (until) => `Excused until ${shortDate(until)}.`,
  activate: () => "Activated.",
};

function DateField({
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
