import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "@/api/api";
import { reason } from "@/api/refusal";
import { useSession } from "@/app/session";
import { type Client, ClientStatus, ExportFormat } from "@/gen/regiment/v1/client_service_pb";
import { Button } from "@/ui/button";
import { useAnnounce } from "@/ui/toast";
import { ArchiveDialog, EraseDialog } from "./command";

/** The ways out: a copy of everything, the archive, and, for an admin, to be forgotten. */
export function Leaving({ client }: { client: Client }) {
  const api = useApi();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const { mayDecide, mayOperate } = useSession();
  const [asked, setAsked] = useState<"archive" | "erase" | null>(null);
  const [exporting, setExporting] = useState(false);
  const close = () => setAsked(null);
  const save = async () => {
    setExporting(true);
    try {
      const parts: BlobPart[] = [];
      const wanted = { name: client.name, format: ExportFormat.JSON };
      for await (const { content } of api.clients.exportClient(wanted)) {
        parts.push(new Uint8Array(content));
      }
      download(new Blob(parts, { type: "application/json" }), `client-${client.userId}.json`);
    } catch (error) {
      announce.failed(reason(error));
    } finally {
      setExporting(false);
    }
  };
  if (!mayDecide) {
    return null;
  }
  return (
    <section className="mt-10 max-w-4xl border-t border-line pt-4">
      <h3 className="font-medium">Leaving</h3>
      <p className="mt-0.5 text-sm text-muted">
        A copy of everything about the client; the archive, from where he can come back; or, by an admin, to
        be forgotten for good.
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={save} disabled={exporting}>
          Export
        </Button>
        {client.status === ClientStatus.ARCHIVED ? null : (
          <Button onClick={() => setAsked("archive")}>Archive</Button>
        )}
        {mayOperate ? (
          <Button tone="danger" onClick={() => setAsked("erase")}>
            Erase
          </Button>
        ) : null}
      </div>
      {asked === "archive" ? <ArchiveDialog client={client} onClose={close} /> : null}
      {asked === "erase" ? (
        <EraseDialog client={client} onClose={close} onErased={() => navigate({ to: "/clients" })} />
      ) : null}
    </section>
  );
}

function download(content: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
