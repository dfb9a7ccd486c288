import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { type Api, useApi } from "@/api/api";
import { reason } from "@/api/refusal";
import type { JobCard } from "@/gen/regiment/v1/job_card_service_pb";
import { useAnnounce } from "@/ui/toast";
import { batches, type Decision, foreseen, leavesMessage, moves, saidOf, undo } from "./decide";
import { belongs, requestOf, type TriageSearch } from "./search";

const PAGE_SIZE = 500;

type Request = ReturnType<typeof requestOf>;

/** The cards of a view, all of them, worst first. */
export function useCards(search: TriageSearch) {
  const api = useApi();
  const request = requestOf(search);
  return useQuery({
    queryKey: ["cards", "list", request],
    queryFn: ({ signal }) => listAll(api, request, signal),
  });
}

/** One card with everything that was decided on it; from the list until that has come. */
export function useCard(name: string, listed: JobCard | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ["cards", "one", name],
    queryFn: async ({ signal }) => (await api.cards.getJobCard({ name }, { signal })).jobCard,
    ...(listed ? { placeholderData: listed } : {}),
    enabled: name !== "",
  });
}

/** Decides on cards: shown at once, taken back with the reason where the server refuses. */
export function useDecide() {
  const api = useApi();
  const queries = useQueryClient();
  const announce = useAnnounce();

  const { mutate } = useMutation({
    mutationFn: ({ cards, decide }: { cards: readonly JobCard[]; decide: (card: JobCard) => Decision }) =>
      carryOut(api, cards, decide),
    onMutate: async ({ cards, decide }) => {
      await queries.cancelQueries({ queryKey: ["cards"] });
      const before = queries.getQueriesData({ queryKey: ["cards"] });
      place(
        queries,
        cards.map((card) => foreseen(card, decide(card))),
      );
      return before;
    },
    onError: (error, { cards }, before) => {
      for (const [key, data] of before ?? []) {
        queries.setQueryData(key, data);
      }
      announce.failed(
        `Nothing was changed on ${cards.length === 1 ? "the card" : "any card"}. ${reason(error)}`,
      );
    },
    onSuccess: (decided, { cards, decide }) => {
      place(queries, decided);
      const [first] = cards;
      if (!first) {
        return;
      }
      const decision = decide(first);
      const sent = leavesMessage(decision) ? " The message can't be recalled." : "";
      const back = () => takeBack.current(decided);
      announce.done(`${saidOf(decision, cards)}.${sent}`, moves(decision) ? back : undefined);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["cards"] }),
  });

  const takeBack = useRef((_decided: readonly JobCard[]) => {});
  takeBack.current = async (decided) => {
    try {
      const full = await Promise.all(decided.map((card) => withDecision(api, card)));
      mutate({ cards: full, decide: (card) => undo(card.undoableDecision) });
    } catch (error) {
      announce.failed(reason(error));
    }
  };

  return (cards: readonly JobCard[], decide: Decision | ((card: JobCard) => Decision)) =>
    mutate({ cards, decide: typeof decide === "function" ? decide : () => decide });
}

async function listAll(api: Api, request: Request, signal: AbortSignal): Promise<JobCard[]> {
  const cards: JobCard[] = [];
  let pageToken = "";
  do {
    const page = await api.cards.listJobCards({ ...request, pageSize: PAGE_SIZE, pageToken }, { signal });
    cards.push(...page.jobCards);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return cards;
}

async function carryOut(
  api: Api,
  cards: readonly JobCard[],
  decide: (card: JobCard) => Decision,
): Promise<JobCard[]> {
  const decided: JobCard[] = [];
  for (const part of batches(cards)) {
    const answer = await api.cards.batchDecideJobCards({
      decisions: part.map((card) => ({
        name: card.name,
        etag: card.etag,
        verdict: { verdict: decide(card) },
      })),
      requestId: crypto.randomUUID(),
    });
    decided.push(...answer.jobCards);
  }
  return decided;
}

/** Lists leave out the decision that can be taken back. */
async function withDecision(api: Api, card: JobCard): Promise<JobCard> {
  if (card.undoableDecision) {
    return card;
  }
  const { jobCard } = await api.cards.getJobCard({ name: card.name });
  return jobCard ?? card;
}

/** Puts cards where they now belong in every list that is known, and out of those where they no longer do. */
export function place(queries: QueryClient, cards: readonly JobCard[]) {
  const now = new Map(cards.map((card) => [card.name, card]));
  for (const [key, list] of queries.getQueriesData<JobCard[]>({ queryKey: ["cards", "list"] })) {
    const { states } = key[2] as Request;
    queries.setQueryData(
      key,
      list?.map((card) => now.get(card.name) ?? card).filter((card) => belongs(card, states)),
    );
  }
  for (const card of cards) {
    queries.setQueryData<JobCard>(["cards", "one", card.name], (known) =>
      known ? { ...known, ...card } : undefined,
    );
  }
}
