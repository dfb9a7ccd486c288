/** Maps a domain onto a range, linearly. */
export type Scale = (value: number) => number;

export function linear([from, to]: readonly [number, number], [low, high]: readonly [number, number]): Scale {
  const width = to - from;
  return (value) => (width === 0 ? (low + high) / 2 : low + ((value - from) / width) * (high - low));
}

/** The least and the greatest of some values, with a margin; `[0, 1]` of none. */
export function extent(values: readonly number[], margin = 0): [number, number] {
  if (values.length === 0) {
    return [0, 1];
  }
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = high === low ? Math.max(Math.abs(high) * 0.01, 0.5) : (high - low) * margin;
  return [low - pad, high + pad];
}

/** About `n` round values within a domain: steps of 1, 2 or 5 times a power of ten. */
export function ticks([from, to]: readonly [number, number], n: number): number[] {
  const raw = (to - from) / Math.max(1, n);
  if (!(raw > 0)) {
    return [from];
  }
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The path through points in order. A gap where a value is missing. */
export function path(points: readonly { x: number; y: number | null }[]): string {
  let pen = "M";
  let drawn = "";
  for (const { x, y } of points) {
    if (y === null) {
      pen = "M";
    } else {
      drawn += `${pen}${x.toFixed(1)},${y.toFixed(1)}`;
      pen = "L";
    }
  }
  return drawn;
}

/** The closed path between an upper and a lower line. */
export function area(points: readonly { x: number; low: number; high: number }[]): string {
  if (points.length === 0) {
    return "";
  }
  const above = points.map(({ x, high }) => `${x.toFixed(1)},${high.toFixed(1)}`);
  const below = points.toReversed().map(({ x, low }) => `${x.toFixed(1)},${low.toFixed(1)}`);
  return `M${[...above, ...below].join("L")}Z`;
}
