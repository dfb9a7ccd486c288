import { type Duty, DutyState, Stream } from "@/gen/regiment/v1/client_service_pb";

const STREAMS = [Stream.CHECKIN, Stream.MEAL, Stream.CARDIO, Stream.TRAINING];

const LETTERS: Record<Stream, string> = {
  [Stream.UNSPECIFIED]: "",
  [Stream.CHECKIN]: "C",
  [Stream.MEAL]: "M",
  [Stream.CARDIO]: "Z",
  [Stream.TRAINING]: "T",
};

const NAMES: Record<Stream, string> = {
  [Stream.UNSPECIFIED]: "",
  [Stream.CHECKIN]: "check-in",
  [Stream.MEAL]: "meals",
  [Stream.CARDIO]: "cardio",
  [Stream.TRAINING]: "training",
};

/** What became of a stream today. */
export type Mark = "none" | "open" | "done" | "partly" | "missed";

/** Sums the duties of a stream up: missed as soon as one is, done once all are. */
export function markOf(duties: readonly Duty[], stream: Stream): Mark {
  const states = duties.filter((duty) => duty.stream === stream).map(({ state }) => state);
  if (states.length === 0) {
    return "none";
  }
  if (states.includes(DutyState.MISSED)) {
    return "missed";
  }
  if (states.includes(DutyState.UNDERPERFORMED)) {
    return "partly";
  }
  if (states.every((state) => state === DutyState.COMPLETED)) {
    return "done";
  }
  return states.includes(DutyState.COMPLETED) ? "partly" : "open";
}

const LOOKS: Record<Mark, string> = {
  none: "border-transparent text-line",
  open: "border-edge text-muted",
  done: "border-good/60 bg-good/15 text-good",
  partly: "border-medium/60 text-medium",
  missed: "border-critical/60 bg-critical/15 text-critical",
};

const SAYS: Record<Mark, string> = {
  none: "not asked for",
  open: "open",
  done: "done",
  partly: "partly done",
  missed: "missed",
};

const SIGNS: Record<Mark, string> = { none: "·", open: "", done: "✓", partly: "◐", missed: "✕" };

/** Today's four marks: a letter for what, a sign and a color for what became of it. */
export function TodayMarks({ duties }: { duties: readonly Duty[] }) {
  const said = STREAMS.map((stream) => `${NAMES[stream]} ${SAYS[markOf(duties, stream)]}`).join(", ");
  return (
    <span role="img" aria-label={`Today: ${said}`} title={said} className="flex gap-0.5">
      {STREAMS.map((stream) => {
        const mark = markOf(duties, stream);
        return (
          <span
            key={stream}
            className={`grid h-5 w-7 place-items-center rounded border text-[0.6875rem] leading-none font-medium ${LOOKS[mark]}`}
          >
            {mark === "none" ? "·" : `${LETTERS[stream]}${SIGNS[mark]}`}
          </span>
        );
      })}
    </span>
  );
}
