import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { ApiProvider, reach } from "@/api/api";
import {
  type BatchDecideJobCardsRequest,
  CardState,
  DismissReason,
  type JobCard,
  JobCardSchema,
  JobCardService,
} from "@/gen/regiment/v1/job_card_service_pb";
import { KeysProvider } from "@/keys/keys";
import { ToastProvider } from "@/ui/toast";
import { useCards, useDecide } from "./cards";
import { dismiss } from "./decide";

/** A desk with two cards whose server answers decisions as told. */
function desk(answer: (request: BatchDecideJobCardsRequest, cards: JobCard[]) => JobCard[]) {
  const cards = ["1", "2"].map((id) =>
    create(JobCardSchema, {
      name: `clients/${id}/jobCards/a`,
      displayName: `Client ${id}`,
      state: CardState.OPEN,
      etag: id,
    }),
  );
  const asked: BatchDecideJobCardsRequest[] = [];
  const api = reach(
    createRouterTransport(({ service }) => {
      service(JobCardService, {
        listJobCards: ({ states }) => ({ jobCards: cards.filter(({ state }) => states.includes(state)) }),
        batchDecideJobCards: (request) => {
          asked.push(request);
          return { jobCards: answer(request, cards) };
        },
      });
    }),
  );
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>
      <ApiProvider api={api}>
        <KeysProvider>
          <ToastProvider>{children}</ToastProvider>
        </KeysProvider>
      </ApiProvider>
    </QueryClientProvider>
  );
  const shown = renderHook(() => ({ cards: useCards({}), decide: useDecide() }), { wrapper });
  const names = () => (shown.result.current.cards.data ?? []).map(({ displayName }) => displayName);
  return { shown, names, asked };
}

test("a decision shows before the server has answered, and bears the card's etag", async () => {
  const { shown, names, asked } = desk((_request, cards) => {
    const [first] = cards as [JobCard];
    first.state = CardState.DISMISSED;
    return [first];
  });
  await waitFor(() => expect(names()).toEqual(["Client 1", "Client 2"]));
  const [first] = shown.result.current.cards.data as [JobCard];
  act(() => shown.result.current.decide([first], dismiss(DismissReason.KNOWN, "")));
  await waitFor(() => expect(names()).toEqual(["Client 2"]));
  await waitFor(() => expect(document.body.textContent).toContain("Dismissed Client 1."));
  expect(asked[0]?.decisions[0]).toMatchObject({ name: "clients/1/jobCards/a", etag: "1" });
  expect(asked[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("a decision that the server refuses is taken back, with the reason", async () => {
  const { shown, names } = desk(() => {
    throw new ConnectError("stale", Code.Aborted);
  });
  await waitFor(() => expect(names()).toHaveLength(2));
  const [first] = shown.result.current.cards.data as [JobCard];
  act(() => shown.result.current.decide([first], dismiss(DismissReason.KNOWN, "")));
  await waitFor(() => expect(document.body.textContent).toContain("Somebody else changed this meanwhile."));
  expect(names()).toEqual(["Client 1", "Client 2"]);
});
