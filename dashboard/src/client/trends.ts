import { type DaySummary, Level, Mood, Sleep } from "@/gen/regiment/v1/client_service_pb";

/** How a morning felt, each from 1, bad, to 3, good; nothing where there was no check-in. */
export interface Morning {
  date: string;
  mood: number | null;
  sleep: number | null;
  calm: number | null;
  fresh: number | null;
}

const MOODS: Partial<Record<Mood, number>> = { [Mood.GREAT]: 3, [Mood.OKAY]: 2, [Mood.BAD]: 1 };
const SLEEPS: Partial<Record<Sleep, number>> = {
  [Sleep.SLEEP_8H]: 3,
  [Sleep.SLEEP_6H]: 2,
  [Sleep.SLEEP_4H]: 1,
};
const BURDENS: Partial<Record<Level, number>> = { [Level.LOW]: 3, [Level.MEDIUM]: 2, [Level.HIGH]: 1 };

/** What clients reported on some mornings. Stress and soreness are turned round: high is good everywhere. */
export function mornings(days: readonly DaySummary[]): Morning[] {
  return days.map(({ date, checkin }) => ({
    date,
    mood: (checkin && MOODS[checkin.mood]) ?? null,
    sleep: (checkin && SLEEPS[checkin.sleep]) ?? null,
    calm: (checkin && BURDENS[checkin.stress]) ?? null,
    fresh: (checkin && BURDENS[checkin.soreness]) ?? null,
  }));
}
