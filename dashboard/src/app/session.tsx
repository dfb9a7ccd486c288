import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use } from "react";
import { useApi } from "@/api/api";
import { isSignedOut } from "@/api/refusal";
import { Role, type WhoAmIResponse } from "@/gen/regiment/v1/auth_service_pb";
import { SignIn } from "@/signin/page";
import { Failed, Loading } from "@/ui/empty";

/** Who sits before the page, and what they may do. */
export interface Session {
  name: string;
  role: Role;
  /** Edit profiles, notes and cards. */
  mayDecide: boolean;
  /** Trigger engines, change the policy, see what runs. */
  mayOperate: boolean;
  signOut: () => Promise<void>;
}

const Signed = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(Signed);
  if (!session) {
    throw new Error("useSession needs a SessionGate above it");
  }
  return session;
}

/** Shows what is below to whoever is signed in, and everybody else the way in. */
export function SessionGate({ children }: { children: ReactNode }) {
  const api = useApi();
  const queries = useQueryClient();
  const me = useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => api.auth.whoAmI({}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (me.isPending) {
    return <Loading what="your session" />;
  }
  if (me.isError && isSignedOut(me.error)) {
    return <SignIn />;
  }
  // A server that is gone for a moment takes nothing away that was read before.
  if (!me.data) {
    return <Failed error={me.error} retry={() => me.refetch()} />;
  }
  const signOut = async () => {
    await api.auth.signOut({});
    queries.clear();
    await me.refetch();
  };
  return <Signed value={sessionOf(me.data, signOut)}>{children}</Signed>;
}

export function sessionOf(me: WhoAmIResponse, signOut: () => Promise<void>): Session {
  return {
    name: me.displayName || me.principal,
    role: me.role,
    mayDecide: me.role === Role.COACH || me.role === Role.ADMIN,
    mayOperate: me.role === Role.ADMIN,
    signOut,
  };
}
