import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Users } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useNow } from "@/app/now";
import type { Client } from "@/gen/regiment/v1/client_service_pb";
import { useKeys } from "@/keys/keys";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Select } from "@/ui/field";
import { FlagSelect, SearchField, Toggle } from "@/ui/filter";
import { useClients } from "./list";
import { ClientCells, COLUMNS, ROW_HEIGHT } from "./row";
import { type ClientsSearch, counts, type Group, nameOf, type Sort, shown } from "./search";

const route = getRouteApi("/clients");

const GROUPS: [Group, string][] = [
  ["attention", "Attention"],
  ["track", "On track"],
  ["paused", "Paused"],
  ["pending", "Pending"],
  ["archived", "Archived"],
];

const HEADINGS = ["Client", "There", "Today", "28 days", "Week", "Weight", "Mood", "Events", "Risk", "Flags"];
const RIGHT = ["Week", "Weight", "Events", "Risk"];

/** Every client in a dense grid, those who need the coach most first. */
export function ClientsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const clients = useClients();
  const found = useMemo(() => shown(clients.data ?? [], search), [clients.data, search]);
  const n = useMemo(() => counts(clients.data ?? []), [clients.data]);
  const change = (to: ClientsSearch) =>
    navigate({ search: (before) => ({ ...before, ...to }), replace: true });
  return (
    <div className="grid h-full min-h-0 grid-rows-[auto_1fr]">
      <header className="border-b border-line bg-surface px-4 pt-2.5 pb-2">
        <div className="flex flex-wrap items-center gap-1">
          <h1 className="mr-2 text-base font-semibold">Clients</h1>
          {GROUPS.map(([group, label]) => (
            <Toggle
              key={group}
              isOn={search.group === group}
              onPress={() => change({ group: search.group === group ? undefined : group })}
            >
              {label} <span className="text-text">{n[group]}</span>
            </Toggle>
          ))}
          <span role="status" className="ml-auto text-sm text-muted">
            {found.length} shown
          </span>
        </div>
        <div className="mt-2 flex flex-wrap gap-2">
          <SearchField
            id="clients-q"
            label="Search the clients"
            placeholder="Name, alias, id"
            className="w-64 max-w-full"
            value={search.q ?? ""}
            onSearch={(q) => change({ q })}
          />
          <Select
            aria-label="Goal"
            className="!w-32"
            value={search.goal ?? ""}
            onChange={(event) => change({ goal: (event.target.value || undefined) as ClientsSearch["goal"] })}
          >
            <option value="">Any goal</option>
            <option value="cut">Cut</option>
            <option value="bulk">Bulk</option>
            <option value="recomp">Recomp</option>
          </Select>
          <FlagSelect flag={search.flag} onSelect={(flag) => change({ flag })} className="!w-52" />
          <Select
            aria-label="Order"
            className="!w-44"
            value={search.sort ?? ""}
            onChange={(event) => change({ sort: (event.target.value || undefined) as Sort | undefined })}
          >
            <option value="">Most in need first</option>
            <option value="adherence">Least done first</option>
            <option value="risk">Greatest risk first</option>
            <option value="streak">Longest streak first</option>
            <option value="name">By name</option>
          </Select>
        </div>
      </header>
      {clients.isPending ? (
        <Loading what="the clients" />
      ) : clients.isError && !clients.data ? (
        <Failed error={clients.error} retry={() => clients.refetch()} />
      ) : found.length === 0 ? (
        <Empty Icon={Users} title="Nobody here.">
          {clients.data?.length === 0
            ? "Clients appear once they have enlisted on Discord with /onboard."
            : "Clear the filter to see the rest."}
        </Empty>
      ) : (
        <Grid clients={found} />
      )}
    </div>
  );
}

function Grid({ clients }: { clients: readonly Client[] }) {
  const navigate = useNavigate();
  const now = useNow();
  const scrolled = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const active = Math.min(at, clients.length - 1);
  const rows = useVirtualizer({
    count: clients.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 1200, height: 800 },
  });
  const open = (client: Client | undefined) =>
    client && navigate({ to: "/clients/$userId", params: { userId: client.userId } });
  const move = (by: number) => {
    const to = Math.max(0, Math.min(clients.length - 1, active + by));
    setAt(to);
    rows.scrollToIndex(to, { align: "auto" });
  };
  const group = "Clients";
  useKeys([
    { keys: "j", label: "Next client", group, run: () => move(1) },
    { keys: "k", label: "Previous client", group, run: () => move(-1) },
    { keys: "arrowdown", label: "Next client", group, run: () => move(1) },
    { keys: "arrowup", label: "Previous client", group, run: () => move(-1) },
    { keys: "enter", label: "Open the client", group, run: () => open(clients[active]) },
    {
      keys: "/",
      label: "Search the clients",
      group,
      run: () => document.getElementById("clients-q")?.focus(),
    },
  ]);
  return (
    <div
      ref={scrolled}
      role="grid"
      aria-label="Clients"
      aria-rowcount={clients.length + 1}
      aria-activedescendant={`client-${clients[active]?.userId}`}
      tabIndex={0}
      className="min-h-0 overflow-auto -outline-offset-2"
    >
      <div className="min-w-[80rem]">
        <div
          role="row"
          aria-rowindex={1}
          tabIndex={-1}
          className="sticky top-0 z-10 grid items-center gap-x-4 border-b border-line bg-surface px-4 py-1.5"
          style={{ gridTemplateColumns: COLUMNS }}
        >
          {HEADINGS.map((heading) => (
            <span
              key={heading}
              role="columnheader"
              tabIndex={-1}
              className={`eyebrow ${RIGHT.includes(heading) ? "text-right" : ""}`}
            >
              {heading}
            </span>
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const client = clients[row.index];
            return client ? (
              <div
                key={client.userId}
                id={`client-${client.userId}`}
                role="row"
                aria-rowindex={row.index + 2}
                aria-label={nameOf(client)}
                tabIndex={-1}
                onClick={() => open(client)}
                className={`absolute inset-x-0 grid cursor-pointer [contain:strict] items-center gap-x-4 border-b border-l-2 border-b-line px-4 outline-none hover:bg-surface ${row.index === active ? "border-l-accent bg-surface" : "border-l-transparent"} ${client.paused ? "[&>*]:grayscale" : ""}`}
                style={{
                  gridTemplateColumns: COLUMNS,
                  height: ROW_HEIGHT,
                  transform: `translateY(${row.start}px)`,
                }}
              >
                <ClientCells client={client} now={now} />
              </div>
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
}
