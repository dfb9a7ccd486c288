import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { knownFlags, says } from "@/words/flags";
import type { TriageSearch, View } from "./search";

const VIEWS: [View, string][] = [
  ["waiting", "Waiting"],
  ["snoozed", "Snoozed"],
  ["closed", "Closed"],
];

/** Which cards are listed, and how many they are. */
export function TriageFilter({
  search,
  n,
  onChange,
}: {
  search: TriageSearch;
  n: number;
  onChange: (change: TriageSearch) => void;
}) {
  const view = search.view ?? "waiting";
  return (
    <div className="border-b border-line px-3 pt-2.5 pb-2">
      <div className="flex items-center gap-1">
        <h1 className="mr-2 text-base font-semibold">Triage</h1>
        {VIEWS.map(([key, label]) => (
          <button
            key={key}
            type="button"
            aria-pressed={view === key}
            onClick={() => onChange({ view: key === "waiting" ? undefined : key, card: undefined })}
            className={`h-6 rounded px-2 text-sm ${view === key ? "bg-raised font-medium" : "text-muted hover:text-text"}`}
          >
            {label}
          </button>
        ))}
        <span className="ml-auto text-sm text-muted" role="status">
          {n} {n === 1 ? "card" : "cards"}
        </span>
      </div>
      <div className="mt-2 grid grid-cols-[1fr_auto_auto] gap-2">
        <label className="relative">
          <span className="sr-only">Search the cards</span>
          <Search size={14} aria-hidden className="pointer-events-none absolute top-1.5 left-2 text-muted" />
          <input
            id="triage-q"
            type="search"
            placeholder="Name, alias, summary"
            value={search.q ?? ""}
            onChange={(event) => onChange({ q: event.target.value || undefined })}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
            className="h-7 w-full rounded-md border border-edge bg-ground pr-2 pl-7 text-sm placeholder:text-muted"
          />
        </label>
        <Choice
          label="Severity"
          value={search.severity ?? ""}
          onChange={(value) => onChange({ severity: (value || undefined) as TriageSearch["severity"] })}
        >
          <option value="">Any severity</option>
          <option value="medium">Medium and worse</option>
          <option value="high">High and worse</option>
          <option value="critical">Critical</option>
        </Choice>
        <Choice
          label="Flag"
          value={search.flag ?? ""}
          onChange={(value) => onChange({ flag: value || undefined })}
        >
          <option value="">Any flag</option>
          {knownFlags.map((flag) => (
            <option key={flag} value={flag}>
              {says(flag)}
            </option>
          ))}
        </Choice>
      </div>
    </div>
  );
}

function Choice({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="h-7 w-28 rounded-md border border-edge bg-ground px-1.5 text-sm"
    >
      {children}
    </select>
  );
}
