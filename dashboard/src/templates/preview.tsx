import { getRouteApi } from "@tanstack/react-router";
import { CompiledPreview } from "@/client/preview";
import { useClients } from "@/clients/list";
import { groupOf, nameOf } from "@/clients/search";
import type { MealTemplate } from "@/gen/regiment/v1/template_service_pb";
import { Select } from "@/ui/field";
import { CYCLE } from "./days";

const route = getRouteApi("/templates");

/** A day of a draft as it would be compiled for a client of the coach's choice. */
export function MealPreview({ template, dayIndex }: { template: MealTemplate; dayIndex: number }) {
  const { client } = route.useSearch();
  const navigate = route.useNavigate();
  const clients = useClients();
  const offered = (clients.data ?? []).filter((one) => one.macros && groupOf(one) !== "archived");
  const chosen = offered.find(({ userId }) => userId === client) ?? offered[0];
  return (
    <section aria-label="Preview" className="self-start rounded-md border border-line bg-surface p-4">
      <div className="flex items-center gap-3">
        <h3 className="font-medium whitespace-nowrap">{CYCLE[dayIndex - 1]} for</h3>
        <Select
          aria-label="Preview for"
          value={chosen?.userId ?? ""}
          onChange={(event) =>
            navigate({ search: (before) => ({ ...before, client: event.target.value }), replace: true })
          }
        >
          {offered.map((one) => (
            <option key={one.userId} value={one.userId}>
              {nameOf(one)}
            </option>
          ))}
        </Select>
      </div>
      {chosen?.macros ? (
        <CompiledPreview
          ask={{
            mealTemplate: template,
            client: chosen.name,
            macros: chosen.macros,
            dayIndexes: [dayIndex],
          }}
        />
      ) : clients.data ? (
        <p className="mt-2 text-sm text-muted">Nobody has macros yet to compile a day to.</p>
      ) : null}
    </section>
  );
}
