import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { DutySchema, DutyState, Stream } from "@/gen/regiment/v1/client_service_pb";
import { markOf } from "./marks";

const { OPEN, COMPLETED, MISSED, UNDERPERFORMED } = DutyState;

test.each([
  [[], "none"],
  [[OPEN, OPEN], "open"],
  [[COMPLETED, OPEN], "partly"],
  [[COMPLETED, COMPLETED], "done"],
  [[COMPLETED, MISSED], "missed"],
  [[UNDERPERFORMED], "partly"],
] as const)("%o of a stream are %s", (states, mark) => {
  const duties = states.map((state) => create(DutySchema, { stream: Stream.MEAL, state }));
  const other = create(DutySchema, { stream: Stream.CHECKIN, state: MISSED });
  expect(markOf([...duties, other], Stream.MEAL)).toBe(mark);
});
