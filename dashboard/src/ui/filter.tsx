import { Search } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { knownFlags, says } from "@/words/flags";
import { Select } from "./field";

/** One of the groups that a list can be narrowed to. */
export function Toggle({
  isOn,
  onPress,
  children,
}: {
  isOn: boolean;
  onPress: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onPress}
      className={`h-6 rounded px-2 text-sm ${isOn ? "bg-raised font-medium" : "text-muted hover:text-text"}`}
    >
      {children}
    </button>
  );
}

/** Narrows a list to what holds some words; Escape leaves the field. */
export function SearchField({
  label,
  onSearch,
  className = "",
  ...rest
}: Omit<ComponentProps<"input">, "onChange"> & {
  label: string;
  onSearch: (words: string | undefined) => void;
}) {
  return (
    <label className={`relative ${className}`}>
      <span className="sr-only">{label}</span>
      <Search size={14} aria-hidden className="pointer-events-none absolute top-2 left-2 text-muted" />
      <input
        {...rest}
        type="search"
        onChange={(event) => onSearch(event.target.value || undefined)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        className="h-8 w-full rounded-md border border-edge bg-ground pr-2 pl-7 text-sm placeholder:text-muted"
      />
    </label>
  );
}

/** Narrows a list to one flag. */
export function FlagSelect({
  flag,
  onSelect,
  className,
}: {
  flag: string | undefined;
  onSelect: (flag: string | undefined) => void;
  className: string;
}) {
  return (
    <Select
      aria-label="Flag"
      className={className}
      value={flag ?? ""}
      onChange={(event) => onSelect(event.target.value || undefined)}
    >
      <option value="">Any flag</option>
      {knownFlags.map((known) => (
        <option key={known} value={known}>
          {says(known)}
        </option>
      ))}
    </Select>
  );
}
