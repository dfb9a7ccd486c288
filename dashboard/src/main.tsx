import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProvider, reach } from "./api/api";
import { pollEvery } from "./api/live";
import { isAway } from "./api/refusal";
import { serverTransport } from "./api/transport";
import { router } from "./app/router";
import { SessionGate } from "./app/session";
import { KeysProvider } from "./keys/keys";
import "./styles.css";
import { ToastProvider } from "./ui/toast";

const api = reach(serverTransport());
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchInterval: pollEvery,
      retry: (n, error) => isAway(error) && n < 2,
      staleTime: 5_000,
    },
  },
});

const place = document.getElementById("root");
if (!place) {
  throw new Error("index.html has no #root");
}
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ApiProvider api={api}>
        <KeysProvider>
          <ToastProvider>
            <SessionGate>
              <RouterProvider router={router} />
            </SessionGate>
          </ToastProvider>
        </KeysProvider>
      </ApiProvider>
    </QueryClientProvider>
  </StrictMode>,
);
