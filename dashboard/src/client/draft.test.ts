import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ClientSchema, Goal } from "@/gen/regiment/v1/client_service_pb";
import { changed, clientOf, disputed, draftOf, over, pathsOf } from "./draft";

const base = draftOf(
  create(ClientSchema, {
    goal: Goal.CUT,
    heightCm: 180,
    macros: { protein: 160, carbs: 200, fats: 60 },
    coachingNotes: "",
  }),
);

test("only what was edited is written, and macros as a whole", () => {
  const edited = { ...base, protein: 170, fats: 55, goal: Goal.BULK };
  expect(changed(base, edited)).toEqual(["goal", "protein", "fats"]);
  expect(pathsOf(changed(base, edited))).toEqual(["goal", "macros"]);
  expect(changed(base, { ...base })).toEqual([]);
});

test("an unset cardio stays unset, and a zero is sent", () => {
  expect(clientOf("clients/1", "e", base)).not.toHaveProperty("cardioMinutes");
  expect(clientOf("clients/1", "e", { ...base, cardioMinutes: 0 })).toMatchObject({
    cardioMinutes: 0,
    etag: "e",
  });
});

test("only what both changed, and differently, is disputed", () => {
  const mine = { ...base, goal: Goal.BULK, heightCm: 182, coachingNotes: "mine" };
  const theirs = { ...base, goal: Goal.BULK, coachingNotes: "theirs", alias: "Falcon" };
  expect(disputed(base, mine, theirs)).toEqual(["coachingNotes"]);
});

test("my edits go over their profile and leave the rest of it", () => {
  const mine = { ...base, heightCm: 182 };
  const theirs = { ...base, alias: "Falcon", heightCm: 175 };
  expect(over(theirs, mine, ["heightCm"])).toEqual({ ...base, alias: "Falcon", heightCm: 182 });
});
