import type { ReactNode } from "react";

/** The tabs of a page, one of them shown. */
export function TabList<K extends string>({
  label,
  tabs,
  shown,
  onShow,
}: {
  label: string;
  tabs: readonly (readonly [key: K, label: string])[];
  shown: K;
  onShow: (key: K) => void;
}) {
  return (
    <div role="tablist" aria-label={label} className="flex gap-1 overflow-x-auto">
      {tabs.map(([key, name]) => (
        <button
          key={key}
          type="button"
          role="tab"
          id={`tab-${key}`}
          aria-selected={shown === key}
          aria-controls="tab-panel"
          onClick={() => onShow(key)}
          className={`-mb-px h-9 border-b-2 px-2.5 text-sm whitespace-nowrap ${shown === key ? "border-accent font-medium" : "border-transparent text-muted hover:text-text"}`}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** What the tab in sight holds. It scrolls under the tabs. */
export function TabPanel({ shown, children }: { shown: string; children: ReactNode }) {
  return (
    <div
      id="tab-panel"
      role="tabpanel"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and some tabs hold nothing to focus
      tabIndex={0}
      aria-labelledby={`tab-${shown}`}
      className="min-h-0 flex-1 overflow-y-auto px-5 py-5"
    >
      {children}
    </div>
  );
}
