import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { useApi } from "@/api/api";
import { written } from "@/keys/keyboard";
import { useKeyboard } from "@/keys/keys";
import { Key } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { onMac } from "./help";

interface Command {
  id: string;
  label: string;
  group: string;
  keys: string;
  run: () => void;
}

/** Whether every word that was typed begins a word of the label, in any order. */
export function matches(label: string, typed: string): boolean {
  const words = label.toLowerCase().split(/[^a-z0-9]+/);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}

/** Every command of the page in sight with its key, and every client by name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { bindings } = useKeyboard();
  const api = useApi();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const query = useDeferredValue(typed.trim());
  const clients = useQuery({
    queryKey: ["clients", "palette", query],
    queryFn: ({ signal }) => api.clients.listClients({ query, pageSize: 8 }, { signal }),
    enabled: query.length >= 2,
    staleTime: 30_000,
  });

  const commands: Command[] = [
    ...bindings()
      .filter(({ label }) => matches(label, typed))
      .map(({ keys, label, group, run }) => ({ id: keys, label, group, keys, run })),
    ...(query.length >= 2 ? (clients.data?.clients ?? []) : []).map(({ userId, displayName, alias }) => ({
      id: userId,
      label: displayName || alias || userId,
      group: "Client",
      keys: "",
      run: () => navigate({ to: "/clients/$userId", params: { userId } }),
    })),
  ];
  const index = Math.min(at, commands.length - 1);
  const run = (command: Command | undefined) => {
    onClose();
    // The dialog gives the focus back first.
    queueMicrotask(() => command?.run());
  };

  return (
    <Dialog title="Commands" onClose={onClose}>
      <input
        role="combobox"
        aria-label="Command or client"
        aria-expanded
        aria-controls="commands"
        aria-activedescendant={commands[index] ? `command-${index}` : undefined}
        autoFocus
        placeholder="Command or client"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            setAt(Math.max(0, Math.min(commands.length - 1, index + (event.key === "ArrowDown" ? 1 : -1))));
          } else if (event.key === "Enter") {
            event.preventDefault();
            run(commands[index]);
          }
        }}
        className="mb-2 h-9 w-full rounded-md border border-edge bg-ground px-3 placeholder:text-muted"
      />
      <div id="commands" role="listbox" aria-label="Commands" className="max-h-80 overflow-y-auto">
        {commands.map((command, place) => (
          <div
            key={`${command.group} ${command.id}`}
            id={`command-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === index}
            ref={(row) => {
              if (row && place === index) {
                row.scrollIntoView({ block: "nearest" });
              }
            }}
            onClick={() => run(command)}
            className={`flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 ${place === index ? "bg-raised" : ""}`}
          >
            <span className="flex-1">{command.label}</span>
            <span className="text-xs text-muted">{command.group}</span>
            {command.keys ? written(command.keys, onMac).map((key) => <Key key={key}>{key}</Key>) : null}
          </div>
        ))}
        {commands.length === 0 ? (
          <p className="px-2 py-4 text-center text-muted">Nothing by that name.</p>
        ) : null}
      </div>
    </Dialog>
  );
}
