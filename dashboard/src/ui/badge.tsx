import { CircleAlert, CircleDot, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Severity } from "@/gen/regiment/v1/job_card_service_pb";
import { severityName } from "@/words/names";

const LOOKS: Record<Severity, { color: string; Icon: typeof CircleDot }> = {
  [Severity.UNSPECIFIED]: { color: "text-muted", Icon: CircleDot },
  [Severity.LOW]: { color: "text-low", Icon: CircleDot },
  [Severity.MEDIUM]: { color: "text-medium", Icon: CircleAlert },
  [Severity.HIGH]: { color: "text-high", Icon: TriangleAlert },
  [Severity.CRITICAL]: { color: "text-critical", Icon: OctagonAlert },
};

/** A severity as color, sign and word: never by color alone. */
export function SeverityBadge({ severity, terse = false }: { severity: Severity; terse?: boolean }) {
  const { color, Icon } = LOOKS[severity];
  return (
    <span className={`inline-flex items-center gap-1 text-xs font-medium ${color}`}>
      <Icon size={14} aria-hidden className="shrink-0" />
      <span className={terse ? "sr-only" : ""}>{severityName[severity]}</span>
    </span>
  );
}

type Tone = "muted" | "accent" | "critical" | "good" | "medium";

const TONES: Record<Tone, string> = {
  muted: "border-line text-muted",
  accent: "border-accent/40 text-accent",
  critical: "border-critical/50 text-critical",
  good: "border-good/40 text-good",
  medium: "border-medium/40 text-medium",
};

export function Tag({ tone = "muted", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex h-5 items-center gap-1 rounded border px-1.5 text-xs whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
