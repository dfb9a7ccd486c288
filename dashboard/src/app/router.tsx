import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  redirect,
} from "@tanstack/react-router";
import { readSearch as readClient } from "@/client/search";
import { readSearch as readClients } from "@/clients/search";
import { readSearch as readInsight } from "@/insight/search";
import { readSearch as readSystem } from "@/system/search";
import { readSearch as readTemplates } from "@/templates/search";
import { readSearch as readTriage } from "@/triage/search";
import { Empty } from "@/ui/empty";
import { readValue } from "./address";
import { Shell } from "./shell";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Empty title="There is no such page.">Press ? for the keys that lead somewhere.</Empty>
  ),
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/triage" });
  },
});

const triage = createRoute({
  getParentRoute: () => root,
  path: "/triage",
  validateSearch: readTriage,
  component: lazyRouteComponent(() => import("@/triage/page"), "TriagePage"),
});

const clients = createRoute({
  getParentRoute: () => root,
  path: "/clients",
  validateSearch: readClients,
  component: lazyRouteComponent(() => import("@/clients/page"), "ClientsPage"),
});

const client = createRoute({
  getParentRoute: () => root,
  path: "/clients/$userId",
  validateSearch: readClient,
  component: lazyRouteComponent(() => import("@/client/page"), "ClientPage"),
});

const templates = createRoute({
  getParentRoute: () => root,
  path: "/templates",
  validateSearch: readTemplates,
  component: lazyRouteComponent(() => import("@/templates/page"), "TemplatesPage"),
});

const insight = createRoute({
  getParentRoute: () => root,
  path: "/insight",
  validateSearch: readInsight,
  component: lazyRouteComponent(() => import("@/insight/page"), "InsightPage"),
});

const system = createRoute({
  getParentRoute: () => root,
  path: "/system",
  validateSearch: readSystem,
  component: lazyRouteComponent(() => import("@/system/page"), "SystemPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, triage, clients, client, templates, insight, system]),
  defaultPreload: "intent",
  parseSearch: parseSearchWith(readValue),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
