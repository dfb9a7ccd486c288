import { oneOf, said, text } from "@/app/address";

/** What the page's address says. */
export interface TemplatesSearch {
  kind?: "blocks" | undefined;
  id?: string | undefined;
  /** An earlier version; the latest where none is said. */
  version?: number | undefined;
  /** The client for whom meals are previewed. */
  client?: string | undefined;
}

export function readSearch(raw: Record<string, unknown>): TemplatesSearch {
  const { version } = raw;
  return said({
    kind: oneOf(raw.kind, { blocks: true }),
    id: text(raw.id),
    version: typeof version === "number" && Number.isInteger(version) && version > 0 ? version : undefined,
    client: text(raw.client),
  });
}
