import type { ReactNode } from "react";

/** A column: its heading, and how it stands where it is not plain text from the left. */
export type Column = string | { label: string; look: "right" | "hidden"; width?: string };

/** Rows under headings. Where it is narrower than `minWidth` it scrolls sideways, by keyboard too. */
export function Table({
  label,
  columns,
  minWidth = "36rem",
  children,
}: {
  label: string;
  columns: readonly Column[];
  minWidth?: string;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
      <table className="w-full text-sm" style={{ minWidth }}>
        <thead>
          <tr className="text-left text-xs text-muted">
            {columns.map((column) => {
              const { label, look, width } =
                typeof column === "string" ? { label: column, look: "left", width: undefined } : column;
              return (
                <th
                  key={label}
                  className={`py-1 pr-3 font-medium last:pr-0 ${look === "right" ? "text-right" : ""}`}
                  style={{ width }}
                >
                  {look === "hidden" ? <span className="sr-only">{label}</span> : label}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody className="[&_td]:border-t [&_td]:border-line [&_td]:py-1.5 [&_td]:pr-3 [&_td:last-child]:pr-0">
          {children}
        </tbody>
      </table>
    </div>
  );
}
