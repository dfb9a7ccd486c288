import { useState } from "react";
import { useApi } from "@/api/api";
import { nameOf } from "@/clients/search";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { Severity } from "@/gen/regiment/v1/job_card_service_pb";
import { Field, Input, TextArea } from "@/ui/field";
import { ChoiceField, FormDialog } from "@/ui/form";
import { severityName } from "@/words/names";

const SEVERITIES = [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL];

/** The longest that a flag may be: what the server takes. */
const LONGEST = 60;

/** Raises a card by hand, for what no rule sees. */
export function FlagDialog({ client, onClose }: { client: Client; onClose: () => void }) {
  const api = useApi();
  const [flag, setFlag] = useState("");
  const [severity, setSeverity] = useState(Severity.MEDIUM);
  const [note, setNote] = useState("");
  return (
    <FormDialog
      title={`Raise a flag for ${nameOf(client)}`}
      action="Raise"
      send={(requestId) =>
        api.cards.raiseFlag({ client: client.name, flag: flag.trim(), severity, note, requestId })
      }
      done="Raised: the card is in Triage."
      onClose={onClose}
    >
      <Field label="What it is about">
        {(control) => (
          <Input
            {...control}
            required
            maxLength={LONGEST}
            placeholder="Seemed off on the phone"
            value={flag}
            onChange={(event) => setFlag(event.target.value)}
          />
        )}
      </Field>
      <ChoiceField
        label="Severity"
        value={severity}
        choices={SEVERITIES}
        names={severityName}
        onChange={setSeverity}
      />
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
