import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import {
  Activity,
  ChartSpline,
  Command,
  Inbox,
  LogOut,
  type LucideIcon,
  Moon,
  NotebookText,
  Sun,
  Users,
} from "lucide-react";
import { useState } from "react";
import { useLive } from "@/api/live";
import { useKeys } from "@/keys/keys";
import { roleName } from "@/words/names";
import { Connection } from "./connection";
import { Help } from "./help";
import { Palette } from "./palette";
import { useSession } from "./session";
import { switchTheme, useTheme } from "./theme";

const PAGES: {
  to: "/triage" | "/clients" | "/templates" | "/insight" | "/system";
  label: string;
  keys: string;
  Icon: LucideIcon;
}[] = [
  { to: "/triage", label: "Triage", keys: "g t", Icon: Inbox },
  { to: "/clients", label: "Clients", keys: "g c", Icon: Users },
  { to: "/templates", label: "Templates", keys: "g p", Icon: NotebookText },
  { to: "/insight", label: "Insight", keys: "g i", Icon: ChartSpline },
  { to: "/system", label: "System", keys: "g s", Icon: Activity },
];

/** What surrounds every page: where one can go, who is signed in, and how fresh it all is. */
export function Shell() {
  const session = useSession();
  useLive();
  const navigate = useNavigate();
  const theme = useTheme();
  const [shown, setShown] = useState<"palette" | "help" | null>(null);
  const group = "Everywhere";
  useKeys([
    ...PAGES.map(({ to, label, keys }) => ({
      keys,
      label: `Go to ${label}`,
      group,
      run: () => navigate({ to }),
    })),
    { keys: "mod+k", label: "Commands", group, run: () => setShown("palette") },
    { keys: "?", label: "Keys", group, run: () => setShown("help") },
    { keys: "g l", label: "Switch between dark and light", group, run: switchTheme },
  ]);
  return (
    <div className="grid h-full grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr]">
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-2"
      >
        Skip to the page
      </a>
      <header className="flex h-11 items-center gap-1 border-b border-line bg-surface px-3">
        <span className="mr-3 hidden items-center gap-2 font-semibold tracking-tight sm:flex">
          <img src="/favicon.svg" alt="" width={20} height={20} />
          Battle Station
        </span>
        <nav aria-label="Pages" className="flex gap-0.5">
          {PAGES.map(({ to, label, Icon }) => (
            <Link
              key={to}
              to={to}
              className="flex h-7 items-center gap-1.5 rounded-md px-2.5 text-sm text-muted hover:text-text aria-[current=page]:bg-raised aria-[current=page]:font-medium aria-[current=page]:text-text"
            >
              <Icon size={15} aria-hidden />
              <span className="max-md:sr-only">{label}</span>
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-1">
          <span className="mr-2">
            <Connection />
          </span>
          <IconButton label="Commands" Icon={Command} onClick={() => setShown("palette")} />
          <IconButton
            label={theme === "dark" ? "Switch to light" : "Switch to dark"}
            Icon={theme === "dark" ? Sun : Moon}
            onClick={switchTheme}
          />
          <span className="mx-2 hidden text-sm text-muted sm:block">
            {session.name} · {roleName[session.role]}
          </span>
          <IconButton label="Sign out" Icon={LogOut} onClick={() => void session.signOut()} />
        </div>
      </header>
      <main id="page" className="min-h-0">
        <Outlet />
      </main>
      {shown === "palette" ? <Palette onClose={() => setShown(null)} /> : null}
      {shown === "help" ? <Help onClose={() => setShown(null)} /> : null}
    </div>
  );
}

function IconButton({ label, Icon, onClick }: { label: string; Icon: LucideIcon; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="grid size-7 place-items-center rounded-md text-muted hover:bg-raised hover:text-text"
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
