import { useState } from "react";
import { useApi } from "@/api/api";
import { nameOf } from "@/clients/search";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { Field, Input, TextArea } from "@/ui/field";
import { DateField, FormDialog } from "@/ui/form";
import { plusDays, shortDate } from "@/words/time";

interface Asked {
  client: Client;
  onClose: () => void;
}

/** Puts a pending client under orders. */
export function ActivateDialog({ client, onClose }: Asked) {
  const api = useApi();
  const [welcome, setWelcome] = useState("");
  const { name, etag } = client;
  return (
    <FormDialog
      title={`Activate ${nameOf(client)}`}
      action="Activate"
      send={(requestId) => api.clients.activateClient({ name, etag, welcome, requestId })}
      done="Activated."
      onClose={onClose}
    >
      <Field label="Welcome message" hint="Empty: the text of the template.">
        {(control) => (
          <TextArea {...control} value={welcome} onChange={(event) => setWelcome(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  );
}

/** Stops all orders, for a time or until resumed. */
export function PauseDialog({ client, today, onClose }: Asked & { today: string }) {
  const api = useApi();
  const [until, setUntil] = useState(plusDays(today, 7));
  const [reason, setReason] = useState("");
  const { name, etag } = client;
  return (
    <FormDialog
      title={`Pause ${nameOf(client)}`}
      action="Pause"
      send={(requestId) => api.clients.pauseClient({ name, etag, until, reason, requestId })}
      done={until ? `Paused until ${shortDate(until)}.` : "Paused until resumed."}
      onClose={onClose}
    >
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
      <Why value={reason} onChange={setReason} />
    </FormDialog>
  );
}

export function ResumeDialog({ client, onClose }: Asked) {
  const api = useApi();
  const [reason, setReason] = useState("");
  const { name, etag } = client;
  return (
    <FormDialog
      title={`Resume ${nameOf(client)}`}
      action="Resume"
      send={(requestId) => api.clients.resumeClient({ name, etag, reason, requestId })}
      done="Resumed."
      onClose={onClose}
    >
      <p className="text-sm text-muted">Orders begin with the next trigger.</p>
      <Why value={reason} onChange={setReason} />
    </FormDialog>
  );
}

/** Lets a client go. */
export function ArchiveDialog({ client, onClose }: Asked) {
  const api = useApi();
  const [reason, setReason] = useState("");
  const { name, etag } = client;
  return (
    <FormDialog
      title={`Archive ${nameOf(client)}`}
      action="Archive"
      send={(requestId) => api.clients.archiveClient({ name, etag, reason, requestId })}
      done="Archived."
      onClose={onClose}
    >
      <p className="text-sm text-muted">
        No order ever again, unless you reopen the client, who then enlists anew. Logs and cards stay.
      </p>
      <Why value={reason} onChange={setReason} />
    </FormDialog>
  );
}

/** Lets an archived client enlist again. */
export function ReopenDialog({ client, onClose }: Asked) {
  const api = useApi();
  const { name, etag } = client;
  return (
    <FormDialog
      title={`Reopen ${nameOf(client)}`}
      action="Reopen"
      send={(requestId) => api.clients.reopenClient({ name, etag, requestId })}
      done="Reopened: the client can enlist on Discord again."
      onClose={onClose}
    >
      <p className="text-sm text-muted">The client can enlist on Discord again, and is pending after that.</p>
    </FormDialog>
  );
}

/** Forgets a client for good. The alias or name is typed, since nothing brings the client back. */
export function EraseDialog({ client, onClose, onErased }: Asked & { onErased: () => void }) {
  const api = useApi();
  const [typed, setTyped] = useState("");
  const { name } = client;
  return (
    <FormDialog
      title={`Erase ${nameOf(client)}`}
      action="Erase for good"
      tone="danger"
      ready={typed.trim() === nameOf(client)}
      send={async (requestId) => {
        await api.clients.eraseClient({ name, requestId });
        onErased();
      }}
      done="Erased."
      onClose={onClose}
    >
      <p className="text-sm">
        Everything that leads to this person goes: profile, logs, plans, cards, messages. Counts stay, without
        a name. <strong>Nothing brings it back.</strong> Export it first if the client wants a copy.
      </p>
      <Field label={`Type “${nameOf(client)}” to go on`}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}

function Why({ value, onChange }: { value: string; onChange: (why: string) => void }) {
  return (
    <Field label="Why">
      {(control) => (
        <TextArea
          {...control}
          required
          className="min-h-16"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
