import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { BadRequestSchema } from "@/gen/google/rpc/error_details_pb";
import { isAway, isConflict, reason, refusedFields } from "./refusal";

const violation = create(BadRequestSchema, {
  fieldViolations: [{ field: "client.height_cm", description: "must be between 120 and 250, not 90" }],
});

function refused(): ConnectError {
  return new ConnectError("a field is wrong", Code.InvalidArgument, undefined, [
    { desc: BadRequestSchema, value: violation },
  ]);
}

test("a refusal names the field before the message", () => {
  expect(reason(refused())).toBe("Client.height_cm: must be between 120 and 250, not 90.");
  expect(refusedFields(refused())).toEqual([
    { field: "client.height_cm", why: "must be between 120 and 250, not 90" },
  ]);
});

test("a refusal without a field is said in the server's words", () => {
  expect(reason(new ConnectError("the client is paused", Code.FailedPrecondition))).toBe(
    "The client is paused.",
  );
});

test("only an aborted call is a conflict", () => {
  expect(isConflict(new ConnectError("", Code.Aborted))).toBe(true);
  expect(isConflict(new ConnectError("", Code.FailedPrecondition))).toBe(false);
});

test("what is no answer at all means that the server is away", () => {
  expect(reason(new TypeError("Failed to fetch"))).toBe("The server can't be reached.");
  expect(isAway(new TypeError("Failed to fetch"))).toBe(true);
  expect(isAway(new ConnectError("", Code.Unavailable))).toBe(true);
  expect(isAway(refused())).toBe(false);
  expect(isAway(null)).toBe(false);
});
