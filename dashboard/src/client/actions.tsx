import { useState } from "react";
import { type Client, ClientStatus } from "@/gen/regiment/v1/client_service_pb";
import { Button } from "@/ui/button";
import { ActivateDialog, PauseDialog, ReopenDialog, ResumeDialog } from "./command";
import { ExcuseDialog } from "./excuse";
import { FlagDialog } from "./flag";

type Asked = "activate" | "resume" | "pause" | "excuse" | "flag" | "reopen";

/** What a coach can do with a client as a whole. */
export function ClientActions({ client, today }: { client: Client; today: string }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { status, paused } = client;
  const isActive = status === ClientStatus.ACTIVE;
  const isArchived = status === ClientStatus.ARCHIVED;
  const shared = { client, onClose: () => setAsked(null) };
  return (
    <div role="toolbar" aria-label="Client" className="flex flex-wrap gap-2">
      {status === ClientStatus.PENDING ? (
        <Button tone="strong" onClick={() => setAsked("activate")}>
          Activate
        </Button>
      ) : null}
      {isArchived ? <Button onClick={() => setAsked("reopen")}>Reopen</Button> : null}
      {isActive && paused ? <Button onClick={() => setAsked("resume")}>Resume</Button> : null}
      {isActive && !paused ? <Button onClick={() => setAsked("pause")}>Pause</Button> : null}
      {isActive ? <Button onClick={() => setAsked("excuse")}>Excuse</Button> : null}
      {isArchived ? null : <Button onClick={() => setAsked("flag")}>Raise a flag</Button>}
      {asked === "activate" ? <ActivateDialog {...shared} /> : null}
      {asked === "resume" ? <ResumeDialog {...shared} /> : null}
      {asked === "pause" ? <PauseDialog {...shared} today={today} /> : null}
      {asked === "excuse" ? <ExcuseDialog {...shared} today={today} /> : null}
      {asked === "flag" ? <FlagDialog {...shared} /> : null}
      {asked === "reopen" ? <ReopenDialog {...shared} /> : null}
    </div>
  );
}
