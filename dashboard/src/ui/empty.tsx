import { CloudOff, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { reason } from "@/api/refusal";
import { Button } from "./button";

/** What stands where there is nothing to show, and why. */
export function Empty({ Icon, title, children }: { Icon?: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <div className="grid place-items-center gap-2 px-6 py-14 text-center">
      {Icon ? <Icon size={28} strokeWidth={1.5} aria-hidden className="text-muted" /> : null}
      <p className="font-medium">{title}</p>
      {children ? <div className="max-w-prose text-muted">{children}</div> : null}
    </div>
  );
}

/** What stands where the server's answer should. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Empty Icon={CloudOff} title={reason(error)}>
      <Button className="mt-2" onClick={retry}>
        Try again
      </Button>
    </Empty>
  );
}

/** Says that something is on its way, once it has taken long enough to notice. */
export function Loading({ what }: { what: string }) {
  return (
    <p role="status" className="px-6 py-14 text-center text-muted">
      Loading {what}…
    </p>
  );
}
