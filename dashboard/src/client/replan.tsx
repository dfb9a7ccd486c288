import { useState } from "react";
import { useApi } from "@/api/api";
import { nameOf } from "@/clients/search";
import type { Client, CompiledPlan } from "@/gen/regiment/v1/client_service_pb";
import { FormDialog } from "@/ui/form";
import { shortDate } from "@/words/time";
import { energy, type Grams } from "./macros";
import { MacroSliders } from "./sliders";

/** How many grams of carbs a refeed begins with above the cycle's, before the coach moves them. */
const REFEED_CARBS = 100;

/** Gives one day of a cycle more energy than the others. */
export function RefeedDialog({
  client,
  plan: { macros },
  date,
  onClose,
}: {
  client: Client;
  plan: CompiledPlan;
  date: string;
  onClose: () => void;
}) {
  const api = useApi();
  const { protein = 0, carbs = 0, fats = 0 } = macros ?? {};
  const usual = energy({ protein, carbs, fats });
  const [grams, setGrams] = useState<Grams>({ protein, carbs: carbs + REFEED_CARBS, fats });
  const more = energy(grams) - usual;
  return (
    <FormDialog
      title={`A refeed on ${shortDate(date)}`}
      action="Plan the refeed"
      ready={more > 0}
      send={(requestId) => api.clients.planRefeed({ name: client.name, date, macros: grams, requestId })}
      done={`Planned a refeed for ${nameOf(client)} on ${shortDate(date)}.`}
      onClose={onClose}
    >
      <MacroSliders grams={grams} onChange={setGrams} />
      <p className="text-sm text-muted">
        {more > 0
          ? `${more} kcal more than the cycle's ${usual}.`
          : `A refeed has more than the cycle's ${usual} kcal.`}
      </p>
    </FormDialog>
  );
}

/** Compiles a cycle again to what the profile says now. */
export function RecompileDialog({
  client,
  plan: { cycleStartDate },
  onClose,
}: {
  client: Client;
  plan: CompiledPlan;
  onClose: () => void;
}) {
  const api = useApi();
  const [assignedTemplate, setAssigned] = useState(false);
  return (
    <FormDialog
      title={`Compile ${nameOf(client)}'s cycle again`}
      action="Compile"
      send={(requestId) =>
        api.clients.recompilePlan({ name: client.name, cycleStartDate, assignedTemplate, requestId })
      }
      done="Compiled again; a new rearming order goes out."
      onClose={onClose}
    >
      <p className="text-sm text-muted">
        To the macros that the profile has now. What has been ordered stays, and a new shopping list is sent.
      </p>
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={assignedTemplate}
          onChange={(event) => setAssigned(event.target.checked)}
        />
        From the template that is assigned now, too
      </label>
    </FormDialog>
  );
}
