import { type ComponentProps, type ReactNode, useId } from "react";

const LOOK =
  "w-full rounded-md border border-edge bg-ground px-2.5 text-sm text-text placeholder:text-muted disabled:opacity-60";

/** A labelled control with what was wrong of it. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: (props: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ReactNode;
}) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-xs font-medium text-muted">
        {label}
      </label>
      {children({
        id,
        ...(said ? { "aria-describedby": `${id}-said` } : {}),
        ...(error ? { "aria-invalid": true } : {}),
      })}
      {said ? (
        <p id={`${id}-said`} className={`text-xs ${error ? "text-critical" : "text-muted"}`}>
          {said}
        </p>
      ) : null}
    </div>
  );
}

export function Input({ className = "", ...rest }: ComponentProps<"input">) {
  return <input className={`h-8 ${LOOK} ${className}`} {...rest} />;
}

export function TextArea({ className = "", ...rest }: ComponentProps<"textarea">) {
  return <textarea className={`min-h-24 py-1.5 ${LOOK} ${className}`} {...rest} />;
}

export function Select({ className = "", ...rest }: ComponentProps<"select">) {
  return <select className={`h-8 ${LOOK} ${className}`} {...rest} />;
}
