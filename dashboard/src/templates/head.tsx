import { getRouteApi, Link } from "@tanstack/react-router";
import { Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useSession } from "@/app/session";
import { useClients } from "@/clients/list";
import { groupOf, nameOf } from "@/clients/search";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { Button } from "@/ui/button";
import { Field, Input, Select } from "@/ui/field";
import { FormDialog } from "@/ui/form";

const route = getRouteApi("/templates");

/** What stands above a template: its name, its versions, who has it, and the way to a copy. */
export function Head({
  name,
  version,
  isAssigned,
  onCopy,
  children,
}: {
  name: string;
  /** The latest version. */
  version: number;
  isAssigned: (client: Client) => boolean;
  onCopy: (templateId: string, displayName: string, requestId: string) => Promise<unknown>;
  children: ReactNode;
}) {
  const { version: asked = version } = route.useSearch();
  const navigate = route.useNavigate();
  const { mayDecide } = useSession();
  const [copying, setCopying] = useState(false);
  return (
    <header className="mb-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 className="text-lg font-semibold">{name}</h2>
        <span className="ml-auto flex gap-2">
          <Select
            aria-label="Version"
            className="!h-7 !w-auto"
            value={asked}
            onChange={({ target }) => {
              const to = Number(target.value);
              navigate({
                search: (before) => ({ ...before, version: to === version ? undefined : to }),
                replace: true,
              });
            }}
          >
            {Array.from({ length: version }, (_, index) => version - index).map((one) => (
              <option key={one} value={one}>
                {one === version ? `Version ${one}, the latest` : `Version ${one}`}
              </option>
            ))}
          </Select>
          {mayDecide ? (
            <Button onClick={() => setCopying(true)}>
              <Copy size={13} aria-hidden />
              Copy
            </Button>
          ) : null}
        </span>
      </div>
      <p className="mt-0.5 max-w-prose text-sm text-muted">{children}</p>
      <WhereUsed isAssigned={isAssigned} />
      {copying ? <CopyDialog name={name} onCopy={onCopy} onClose={() => setCopying(false)} /> : null}
    </header>
  );
}

function WhereUsed({ isAssigned }: { isAssigned: (client: Client) => boolean }) {
  const clients = useClients();
  const users = (clients.data ?? []).filter((client) => isAssigned(client) && groupOf(client) !== "archived");
  if (!clients.data) {
    return null;
  }
  if (users.length === 0) {
    return <p className="mt-2 text-sm text-muted">Nobody has it.</p>;
  }
  return (
    <details className="mt-2 text-sm">
      <summary className="w-fit text-muted hover:text-text">
        {users.length === 1 ? "1 client has it" : `${users.length} clients have it`}
      </summary>
      <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1">
        {users.map((client) => (
          <li key={client.userId}>
            <Link
              to="/clients/$userId"
              params={{ userId: client.userId }}
              className="underline decoration-line underline-offset-2 hover:decoration-current"
            >
              {nameOf(client)}
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Asks for the names of a copy: a new template begins as one that is there. */
function CopyDialog({
  name,
  onCopy,
  onClose,
}: {
  name: string;
  onCopy: (templateId: string, displayName: string, requestId: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const navigate = route.useNavigate();
  const [id, setId] = useState("");
  const [label, setLabel] = useState("");
  return (
    <FormDialog
      title={`Copy ${name}`}
      action="Create"
      send={async (requestId) => {
        await onCopy(id.trim(), label.trim(), requestId);
        await navigate({ search: ({ version: _, ...rest }) => ({ ...rest, id: id.trim() }) });
      }}
      done="Created. Nobody has it yet."
      onClose={onClose}
    >
      <Field label="Name">
        {(control) => (
          <Input {...control} required value={label} onChange={(event) => setLabel(event.target.value)} />
        )}
      </Field>
      <Field label="Id" hint="It stays: letters, digits, _ and -.">
        {(control) => (
          <Input
            {...control}
            required
            pattern="[A-Za-z0-9_\-]+"
            placeholder="template_e"
            value={id}
            onChange={(event) => setId(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
