import type { Duration } from "@bufbuild/protobuf/wkt";

/** How a figure stands: as it should, worth a look, or wrong. */
export type Tone = "plain" | "good" | "warn" | "bad";

/** From this lag on the scheduler is late, and from the second on it stands still, in seconds. */
const LATE = 5;
const STILL = 60;

export function seconds(duration: Duration | undefined): number {
  return duration ? Number(duration.seconds) + duration.nanos / 1e9 : 0;
}

/** `0 s`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function duration(seconds: number): string {
  if (seconds < 90) {
    return `${Math.round(seconds)} s`;
  }
  if (seconds < 5_400) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

export function lagTone(seconds: number): Tone {
  return seconds >= STILL ? "bad" : seconds >= LATE ? "warn" : "good";
}
