import { getRouteApi } from "@tanstack/react-router";
import { NotebookText } from "lucide-react";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Toggle } from "@/ui/filter";
import { goalName } from "@/words/names";
import { BlockEditor } from "./block";
import { useBlocks, useEarlierBlock, useEarlierMeals, useMealTemplates } from "./library";
import { MealEditor } from "./meals";

const route = getRouteApi("/templates");

/** What clients are assigned: meal templates and training blocks, each with its versions and who has it. */
export function TemplatesPage() {
  const { kind, id, version } = route.useSearch();
  const navigate = route.useNavigate();
  const meals = useMealTemplates();
  const blocks = useBlocks();
  const shown = kind === "blocks" ? blocks : meals;
  const listed =
    kind === "blocks"
      ? (blocks.data ?? []).map((block) => ({
          ...block,
          about: `${block.weeks} weeks, ${block.daysPerWeek} a week`,
        }))
      : (meals.data ?? []).map((template) => ({ ...template, about: goalName[template.goal] }));
  const current = listed.find(({ templateId }) => templateId === id) ?? listed[0];
  const earlier = version !== undefined && version < (current?.version ?? 0) ? version : undefined;
  return (
    <div className="grid h-full min-h-0 max-md:overflow-y-auto max-md:content-start md:grid-cols-[17rem_minmax(0,1fr)]">
      <section
        aria-label="Templates"
        className="border-line bg-surface max-md:border-b md:overflow-y-auto md:border-r"
      >
        <div className="flex items-center gap-1 border-b border-line px-3 py-2.5">
          <h1 className="mr-2 text-base font-semibold">Templates</h1>
          {([undefined, "blocks"] as const).map((key) => (
            <Toggle
              key={key ?? "meals"}
              isOn={kind === key}
              onPress={() => navigate({ search: { kind: key }, replace: true })}
            >
              {key ? "Training" : "Meals"}
            </Toggle>
          ))}
        </div>
        <ul className="max-md:flex max-md:overflow-x-auto">
          {listed.map(({ templateId, displayName, version, clients, about }) => (
            <li key={templateId} className="border-line max-md:shrink-0 max-md:border-r md:border-b">
              <button
                type="button"
                aria-current={templateId === current?.templateId}
                onClick={() =>
                  navigate({
                    search: (before) => ({ ...before, id: templateId, version: undefined }),
                    replace: true,
                  })
                }
                className={`w-full border-l-2 px-3 py-2 text-left ${templateId === current?.templateId ? "border-l-accent bg-raised" : "border-l-transparent hover:bg-raised"}`}
              >
                <span className="block font-medium">{displayName || templateId}</span>
                <span className="block text-xs text-muted">
                  {about} · v{version} · {clients} {clients === 1 ? "client" : "clients"}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label="The template in hand" className="min-w-0 px-5 py-4 md:overflow-y-auto">
        {shown.isPending ? (
          <Loading what="the templates" />
        ) : !shown.data ? (
          <Failed error={shown.error} retry={() => shown.refetch()} />
        ) : !current ? (
          <Empty Icon={NotebookText} title="No template here." />
        ) : kind === "blocks" ? (
          <Block id={current.templateId} earlier={earlier} />
        ) : (
          <Meals id={current.templateId} earlier={earlier} />
        )}
      </section>
    </div>
  );
}

function Meals({ id, earlier }: { id: string; earlier: number | undefined }) {
  const meals = useMealTemplates();
  const latest = meals.data?.find(({ templateId }) => templateId === id);
  const before = useEarlierMeals(latest?.name ?? "", earlier);
  const shown = earlier === undefined ? latest : before.data;
  if (before.isError) {
    return <Failed error={before.error} retry={() => before.refetch()} />;
  }
  return latest && shown ? (
    <MealEditor key={`${id} ${earlier}`} latest={latest} shown={shown} />
  ) : (
    <Loading what="the template" />
  );
}

function Block({ id, earlier }: { id: string; earlier: number | undefined }) {
  const blocks = useBlocks();
  const latest = blocks.data?.find(({ templateId }) => templateId === id);
  const before = useEarlierBlock(latest?.name ?? "", earlier);
  const shown = earlier === undefined ? latest : before.data;
  if (before.isError) {
    return <Failed error={before.error} retry={() => before.refetch()} />;
  }
  return latest && shown ? (
    <BlockEditor key={`${id} ${earlier}`} latest={latest} shown={shown} />
  ) : (
    <Loading what="the block" />
  );
}
