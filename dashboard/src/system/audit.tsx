import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Link2, Link2Off, ScrollText } from "lucide-react";
import { useApi } from "@/api/api";
import { useNow } from "@/app/now";
import { ClientLink } from "@/clients/link";
import { useClients } from "@/clients/list";
import { nameOf } from "@/clients/search";
import type { AuditChain, AuditEntry } from "@/gen/regiment/v1/system_service_pb";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Select } from "@/ui/field";
import { Table } from "@/ui/table";
import { capital } from "@/words/flags";
import { ago, here, whole } from "@/words/time";
import { chainSaid, short } from "./chain";
import { ACTORS, type SystemSearch } from "./search";

const route = getRouteApi("/system");

const PAGE_SIZE = 100;

/** Who did what to whom, the latest first, and whether the chain of it all holds. */
export function AuditTrail() {
  const api = useApi();
  const { actor = "", client = "" } = route.useSearch();
  const subject = client ? `clients/${client}` : "";
  const trail = useInfiniteQuery({
    queryKey: ["system", "audit", actor, subject],
    queryFn: ({ signal, pageParam }) =>
      api.system.listAuditEntries({ actor, subject, pageSize: PAGE_SIZE, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
  });
  const entries = trail.data?.pages.flatMap((page) => page.entries) ?? [];
  const chain = trail.data?.pages[0]?.chain;
  return (
    <section>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Filters actor={actor} client={client} />
        {chain ? <Chain chain={chain} /> : null}
      </div>
      {trail.isPending ? (
        <Loading what="the audit trail" />
      ) : !trail.data ? (
        <Failed error={trail.error} retry={() => trail.refetch()} />
      ) : entries.length === 0 ? (
        <Empty Icon={ScrollText} title="Nothing is recorded.">
          {actor || client
            ? "Clear the filter to see the rest."
            : "What staff and the system do to clients, plans, policy and tokens is recorded here."}
        </Empty>
      ) : (
        <div className="mt-3">
          <Table
            label="Audit trail"
            columns={[
              { label: "Link", look: "right", width: "4rem" },
              "When, here",
              "Who",
              "Did what",
              "To whom",
              "Details",
              "Hash",
            ]}
            minWidth="56rem"
          >
            {entries.map((entry) => (
              <Row key={String(entry.sequence)} entry={entry} />
            ))}
          </Table>
          {trail.hasNextPage ? (
            <Button className="mt-3" onClick={() => trail.fetchNextPage()} disabled={trail.isFetching}>
              Show older
            </Button>
          ) : null}
        </div>
      )}
    </section>
  );
}

function Filters({ actor, client }: { actor: string; client: string }) {
  const navigate = route.useNavigate();
  const clients = useClients();
  const change = (to: SystemSearch) =>
    navigate({ search: (before) => ({ ...before, ...to }), replace: true });
  return (
    <>
      <Select
        aria-label="Who acted"
        className="!w-40"
        value={actor}
        onChange={({ target }) => change({ actor: (target.value || undefined) as SystemSearch["actor"] })}
      >
        <option value="">Whoever acted</option>
        {Object.entries(ACTORS).map(([key, label]) => (
          <option key={key} value={key}>
            {capital(label)}
          </option>
        ))}
      </Select>
      <Select
        aria-label="To whom"
        className="!w-60"
        value={client}
        onChange={({ target }) => change({ client: target.value || undefined })}
      >
        <option value="">To anybody or anything</option>
        {(clients.data ?? []).map((one) => (
          <option key={one.userId} value={one.userId}>
            {nameOf(one)}
          </option>
        ))}
      </Select>
    </>
  );
}

/** How the whole chain stands: a fault is what somebody changed behind the system's back. */
function Chain({ chain }: { chain: AuditChain }) {
  const now = useNow();
  const { verifyTime, fault, headHash } = chain;
  const Icon = fault ? Link2Off : Link2;
  return (
    <p
      role="status"
      aria-label="The chain"
      title={headHash ? `Its last link: ${headHash}` : undefined}
      className={`flex items-center gap-1.5 text-sm ${fault ? "text-critical" : "text-muted"}`}
    >
      <Icon size={15} aria-hidden className="shrink-0" />
      {chainSaid(chain, verifyTime ? ago(timestampDate(verifyTime), now) : "")}
    </p>
  );
}

function Row({
  entry: { sequence, time, actor, action, subject, client, details, isErased, hash },
}: {
  entry: AuditEntry;
}) {
  return (
    <tr>
      <td className="text-right text-muted">{String(sequence)}</td>
      <td className="whitespace-nowrap">
        {time ? <time title={whole(timestampDate(time))}>{here(timestampDate(time))}</time> : null}
      </td>
      <td>{actor}</td>
      <td>{action.replaceAll("_", " ")}</td>
      <td>{client ? <ClientLink name={client} /> : <span title={subject}>{short(subject)}</span>}</td>
      <td className="max-w-80 truncate text-muted" title={details || undefined}>
        {isErased ? "erased with the person" : details}
      </td>
      <td className="font-mono text-xs text-muted" title={hash}>
        {short(hash)}
      </td>
    </tr>
  );
}
