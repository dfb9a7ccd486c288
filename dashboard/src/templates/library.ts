import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";

const ALL = 1000;

/** Templates and the library change seldom, and the server gives no hint when they do. */
const SELDOM = { staleTime: 60_000, refetchInterval: 60_000 };

export function useMealTemplates() {
  const { templates } = useApi();
  return useQuery({
    queryKey: ["templates", "meals"],
    queryFn: async ({ signal }) =>
      (await templates.listMealTemplates({ pageSize: ALL }, { signal })).mealTemplates,
    ...SELDOM,
  });
}

/** An earlier version of a meal template; nothing is asked for where none is named. */
export function useEarlierMeals(name: string, version: number | undefined) {
  const { templates } = useApi();
  return useQuery({
    queryKey: ["templates", "earlier", name, version],
    queryFn: async ({ signal }) =>
      (await templates.getMealTemplate({ name, version: version ?? 0 }, { signal })).mealTemplate,
    enabled: name !== "" && version !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** An earlier version of a block, like `useEarlierMeals`. */
export function useEarlierBlock(name: string, version: number | undefined) {
  const { templates } = useApi();
  return useQuery({
    queryKey: ["templates", "earlier", name, version],
    queryFn: async ({ signal }) =>
      (await templates.getTrainingTemplate({ name, version: version ?? 0 }, { signal })).trainingTemplate,
    enabled: name !== "" && version !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useBlocks() {
  const { templates } = useApi();
  return useQuery({
    queryKey: ["templates", "blocks"],
    queryFn: async ({ signal }) =>
      (await templates.listTrainingTemplates({ pageSize: ALL }, { signal })).trainingTemplates,
    ...SELDOM,
  });
}

export function useFoods() {
  const { templates } = useApi();
  return useQuery({
    queryKey: ["templates", "foods"],
    queryFn: async ({ signal }) => (await templates.listFoods({ pageSize: ALL }, { signal })).foods,
    ...SELDOM,
  });
}

export function useExercises() {
  const { templates } = useApi();
  return useQuery({
    queryKey: ["templates", "exercises"],
    queryFn: async ({ signal }) => (await templates.listExercises({ pageSize: ALL }, { signal })).exercises,
    ...SELDOM,
  });
}
