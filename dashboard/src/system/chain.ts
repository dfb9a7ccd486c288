import type { AuditChain } from "@/gen/regiment/v1/system_service_pb";
import { capital } from "@/words/flags";

/** How many characters of a hash, or of a random name, tell it from the others of a page. */
const SHORT = 10;

/** The beginning of what is too long to be read. */
export function short(name: string): string {
  return name.length > SHORT + 2 ? `${name.slice(0, SHORT)}…` : name;
}

/** How the chain stands, with how long ago it was last looked at. */
export function chainSaid(
  { headSequence, verifiedSequence, fault }: Pick<AuditChain, "headSequence" | "verifiedSequence" | "fault">,
  looked: string,
): string {
  if (fault) {
    return `${capital(fault)} (looked at ${looked})`;
  }
  const links = headSequence === 1n ? "1 link" : `${headSequence} links`;
  if (!looked) {
    return `${links}, not looked at yet: that is done every day`;
  }
  const since = headSequence - verifiedSequence;
  return since === 0n
    ? `${links}, all of which held ${looked}`
    : `${links}: the first ${verifiedSequence} held ${looked}, ${since} came since`;
}
