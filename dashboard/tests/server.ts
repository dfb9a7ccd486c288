import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How long a demo may take to simulate its weeks. */
const PATIENCE_MS = 220_000;

/** A demo that runs: a real server over a simulated company. */
export interface Demo {
  address: string;
  /** Signs in whoever opens it first. */
  link: string;
  /** The operator's own. */
  token: string;
  stop: () => Promise<void>;
}

/** Starts `regiment demo` from REGIMENT_BIN, on a port that is free unless one is named. */
export async function startDemo({
  clients,
  weeks,
  port = 0,
}: {
  clients: number;
  weeks: number;
  port?: number;
}): Promise<Demo> {
  const binary = process.env.REGIMENT_BIN;
  if (!binary) {
    throw new Error("set REGIMENT_BIN to the regiment binary: scripts/test builds one and does");
  }
  const listen = `127.0.0.1:${port}`;
  const server = spawn(
    binary,
    ["demo", "--clients", `${clients}`, "--weeks", `${weeks}`, "--listen", listen],
    {
      stdio: ["ignore", "pipe", "inherit"],
      // Everything by the name of REGIMENT_* is a setting of the server.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("REGIMENT_"))),
    },
  );
  try {
    return { ...(await announced(server)), stop: () => stop(server) };
  } catch (error) {
    await stop(server);
    throw error;
  }
}

/** Reads what the demo prints until it has said where it serves, and by what one comes in. */
function announced(server: ChildProcess): Promise<Omit<Demo, "stop">> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("the demo did not start in time")), PATIENCE_MS);
    let address = "";
    let link = "";
    server.once("exit", (code) => reject(new Error(`the demo ended with ${code}`)));
    server.once("error", reject);
    if (!server.stdout) {
      return reject(new Error("the demo has no output"));
    }
    createInterface({ input: server.stdout }).on("line", (line) => {
      address = /^serving on (\S+)/.exec(line)?.[1] ?? address;
      link = /^sign in\s+(\S+)/.exec(line)?.[1] ?? link;
      const token = /^token\s+(\S+)/.exec(line)?.[1];
      if (token) {
        clearTimeout(late);
        resolve({ address, link, token });
      }
    });
  });
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) {
      return resolve();
    }
    server.once("exit", () => resolve());
    server.kill("SIGKILL");
  });
}
