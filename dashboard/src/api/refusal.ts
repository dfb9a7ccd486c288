import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "@/gen/google/rpc/error_details_pb";
import { capital } from "@/words/flags";

/** A field of a request that the server refused, and why. */
export interface RefusedField {
  field: string;
  why: string;
}

/** What went wrong, as a person reads it. */
export function reason(error: unknown): string {
  const failure = ConnectError.from(error);
  switch (failure.code) {
    case Code.Unavailable:
    case Code.Unknown:
      return "The server can't be reached.";
    case Code.DeadlineExceeded:
    case Code.Canceled:
      return "The server took too long.";
    case Code.Aborted:
      return "Somebody else changed this meanwhile.";
    case Code.PermissionDenied:
      return "Your role does not allow this.";
    case Code.Unauthenticated:
      return "Your session has ended: sign in again.";
    case Code.ResourceExhausted:
      return "Too much at once: wait a moment.";
    default: {
      const [field] = refusedFields(failure);
      return sentence(field ? `${field.field}: ${field.why}` : failure.rawMessage);
    }
  }
}

/** Whether no answer came at all, or none in time. */
export function isAway(error: unknown): boolean {
  const silences = [Code.Unavailable, Code.Unknown, Code.DeadlineExceeded, Code.Canceled];
  return error !== null && silences.includes(ConnectError.from(error).code);
}

/** The fields that the server refused; none where it refused the request for another reason. */
export function refusedFields(error: unknown): RefusedField[] {
  return ConnectError.from(error)
    .findDetails(BadRequestSchema)
    .flatMap((detail) => detail.fieldViolations)
    .map(({ field, description }) => ({ field, why: description }));
}

/** Whether somebody else changed the thing since it was read. */
export function isConflict(error: unknown): boolean {
  return ConnectError.from(error).code === Code.Aborted;
}

export function isSignedOut(error: unknown): boolean {
  return ConnectError.from(error).code === Code.Unauthenticated;
}

function sentence(text: string): string {
  return `${capital(text.trim().replace(/\.$/, ""))}.`;
}
