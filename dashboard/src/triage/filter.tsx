import { Select } from "@/ui/field";
import { FlagSelect, SearchField, Toggle } from "@/ui/filter";
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
          <Toggle
            key={key}
            isOn={view === key}
            onPress={() => onChange({ view: key === "waiting" ? undefined : key, card: undefined })}
          >
            {label}
          </Toggle>
        ))}
        <span className="ml-auto text-sm text-muted" role="status">
          {n} {n === 1 ? "card" : "cards"}
        </span>
      </div>
      <div className="mt-2 grid grid-cols-[1fr_auto_auto] gap-2">
        <SearchField
          id="triage-q"
          label="Search the cards"
          placeholder="Name, alias, summary"
          value={search.q ?? ""}
          onSearch={(q) => onChange({ q })}
        />
        <Select
          aria-label="Severity"
          className="!w-28"
          value={search.severity ?? ""}
          onChange={(event) =>
            onChange({ severity: (event.target.value || undefined) as TriageSearch["severity"] })
          }
        >
          <option value="">Any severity</option>
          <option value="medium">Medium and worse</option>
          <option value="high">High and worse</option>
          <option value="critical">Critical</option>
        </Select>
        <FlagSelect flag={search.flag} onSelect={(flag) => onChange({ flag })} className="!w-28" />
      </div>
    </div>
  );
}
