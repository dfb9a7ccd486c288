import { useState } from "react";
import { useApi } from "@/api/api";
import { nameOf } from "@/clients/search";
import { type Client, ExcuseReason, Stream } from "@/gen/regiment/v1/client_service_pb";
import { Field, TextArea } from "@/ui/field";
import { ChoiceField, DateField, FormDialog } from "@/ui/form";
import { excuseReasonName, streamName } from "@/words/names";
import { shortDate } from "@/words/time";

const REASONS = [
  ExcuseReason.ILLNESS,
  ExcuseReason.INJURY,
  ExcuseReason.TRAVEL,
  ExcuseReason.FAMILY,
  ExcuseReason.OTHER,
];

const STREAMS = [Stream.CHECKIN, Stream.MEAL, Stream.TRAINING, Stream.CARDIO];

/** Excuses a client for some days, before or after the fact. */
export function ExcuseDialog({
  client,
  today,
  onClose,
}: {
  client: Client;
  today: string;
  onClose: () => void;
}) {
  const api = useApi();
  const [fromDate, setFrom] = useState(today);
  const [untilDate, setUntil] = useState(today);
  const [reason, setReason] = useState(ExcuseReason.ILLNESS);
  const [streams, setStreams] = useState<readonly Stream[]>(STREAMS);
  const [note, setNote] = useState("");
  const covered = streams.length === STREAMS.length ? [] : [...streams];
  return (
    <FormDialog
      title={`Excuse ${nameOf(client)}`}
      action="Excuse"
      ready={streams.length > 0}
      send={(requestId) =>
        api.clients.excuseClient({
          name: client.name,
          span: { fromDate, untilDate, streams: covered, reason },
          note,
          requestId,
        })
      }
      done={`Excused until ${shortDate(untilDate)}.`}
      onClose={onClose}
    >
      <div className="grid grid-cols-2 gap-3">
        <DateField label="From" value={fromDate} onChange={setFrom} />
        <DateField label="Until, inclusive" value={untilDate} onChange={setUntil} min={fromDate} />
      </div>
      <ChoiceField
        label="Reason"
        value={reason}
        choices={REASONS}
        names={excuseReasonName}
        onChange={setReason}
      />
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="mb-1 text-xs font-medium text-muted">What it covers</legend>
        {STREAMS.map((stream) => (
          <label key={stream} className="flex items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              checked={streams.includes(stream)}
              onChange={(event) =>
                setStreams(
                  event.target.checked ? [...streams, stream] : streams.filter((other) => other !== stream),
                )
              }
            />
            {streamName[stream]}
          </label>
        ))}
      </fieldset>
      <Field label="Note for other coaches">
        {(control) => (
          <TextArea
            {...control}
            className="min-h-16"
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
