import { useQuery } from "@tanstack/react-query";
import { LogIn } from "lucide-react";
import { useApi } from "@/api/api";
import { Empty } from "@/ui/empty";

/** The way in: through Discord where that is set up, otherwise by a link that an operator hands out. */
export function SignIn() {
  const api = useApi();
  const ways = useQuery({
    queryKey: ["sign-in"],
    queryFn: ({ signal }) => api.auth.getSignIn({}, { signal }),
  });
  const here = location.pathname + location.search;
  return (
    <main className="grid h-full place-items-center">
      <Empty Icon={LogIn} title="Battle Station">
        {ways.data?.discordPath ? (
          <a
            href={`${ways.data.discordPath}?next=${encodeURIComponent(here)}`}
            className="mt-2 inline-flex h-9 items-center rounded-md bg-accent px-4 font-medium text-on-accent hover:brightness-110"
          >
            Sign in with Discord
          </a>
        ) : (
          <p>
            {ways.isPending
              ? "One moment…"
              : "Sign-in with Discord is not set up on this server. Open the one-time link that the server printed when it started."}
          </p>
        )}
      </Empty>
    </main>
  );
}
