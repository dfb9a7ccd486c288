import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "@/api/api";
import { reason } from "@/api/refusal";
import type { MealTemplate } from "@/gen/regiment/v1/template_service_pb";
import { Tag } from "@/ui/badge";
import { CompiledMeals, macrosSaid } from "./compiled";
import type { Grams } from "./macros";

/** How long the coach's hand must rest before a day is compiled. */
const REST_MS = 400;

/** A day to compile: of a template that is stored or of one that is being written, to a client's macros. */
interface Ask {
  mealTemplateId?: string;
  mealTemplate?: MealTemplate;
  client: string;
  macros: Grams;
  dayIndexes: [number];
}

/** What a day becomes in the kitchen, compiled by the server before anything is saved. */
export function CompiledPreview({ ask }: { ask: Ask }) {
  const api = useApi();
  const rested = useRested(ask);
  const preview = useQuery({
    queryKey: ["preview", rested],
    queryFn: ({ signal }) => api.templates.previewMeals(JSON.parse(rested) as Ask, { signal }),
    placeholderData: (before) => before,
    refetchInterval: false,
  });
  const day = preview.data?.days[0];
  return (
    <>
      {preview.data?.allergens.map((allergen) => (
        <p key={allergen} className="mt-2">
          <Tag tone="critical">holds {allergen}, which this client must not eat</Tag>
        </p>
      ))}
      {preview.isPending ? <p className="mt-2 text-sm text-muted">Loading the day…</p> : null}
      {preview.isError ? <p className="mt-2 text-sm text-critical">{reason(preview.error)}</p> : null}
      {day && !preview.isError ? (
        <>
          <CompiledMeals day={day} />
          <dl className="mt-3 border-t border-line pt-2 text-sm">
            <dt className="text-muted">Holds</dt>
            <dd>{day.totals ? macrosSaid(day.totals) : "–"}</dd>
            <dt className="mt-1 text-muted">Targets</dt>
            <dd>{macrosSaid(ask.macros)}</dd>
          </dl>
        </>
      ) : null}
    </>
  );
}

/** What is asked for, once it has not changed for a moment; as text, so that equal questions are one. */
function useRested(ask: Ask): string {
  const now = JSON.stringify(ask);
  const [rested, setRested] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setRested(now), REST_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return rested;
}
