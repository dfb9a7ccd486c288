import type { ComponentProps, ReactNode } from "react";

type Tone = "quiet" | "plain" | "strong" | "danger";

const TONES: Record<Tone, string> = {
  quiet: "text-muted hover:bg-raised hover:text-text",
  plain: "border border-line bg-surface text-text hover:bg-raised",
  strong: "bg-accent text-on-accent font-medium hover:brightness-110",
  danger: "border border-critical/50 text-critical hover:bg-critical/10",
};

/** A button of at least 28 pixels, with the key that does the same. */
export function Button({
  tone = "plain",
  hint,
  className = "",
  children,
  ...rest
}: ComponentProps<"button"> & { tone?: Tone; hint?: string; children: ReactNode }) {
  return (
    <button
      type="button"
      className={`inline-flex h-7 items-center gap-1.5 rounded-md px-2.5 text-sm whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${TONES[tone]} ${className}`}
      {...rest}
    >
      {children}
      {hint ? <Key>{hint}</Key> : null}
    </button>
  );
}

/** A key of the keyboard. */
export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border border-current/25 px-1 font-sans text-[0.6875rem] leading-4 opacity-80">
      {children}
    </kbd>
  );
}
