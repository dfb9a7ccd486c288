import { useQueryClient } from "@tanstack/react-query";
import { reason } from "@/api/refusal";
import { useAnnounce } from "@/ui/toast";

/** Tries something at the press of a button, says how it went, and reads again what it may have changed. */
export function useAttempt(changes: "clients" | "system") {
  const queries = useQueryClient();
  const announce = useAnnounce();
  return async (what: (requestId: string) => Promise<unknown>, done: string) => {
    try {
      await what(crypto.randomUUID());
      announce.done(done);
    } catch (error) {
      announce.failed(reason(error));
    }
    await queries.invalidateQueries({ queryKey: [changes] });
  };
}
