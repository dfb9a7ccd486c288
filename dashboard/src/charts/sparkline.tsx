import { useId } from "react";
import { extent, linear, path } from "./scale";

/** One day of a series; nothing was measured where the value is missing. */
export interface Point {
  date: string;
  value: number | null;
}

const WIDTH = 220;
const HEIGHT = 44;
const PAD = 5;

/** A small line over days, with the days that count marked and their window shaded. */
export function Sparkline({
  title,
  description,
  points,
  marked = [],
  window,
  domain,
}: {
  title: string;
  description: string;
  points: readonly Point[];
  marked?: readonly string[];
  window?: { from: string; to: string } | undefined;
  domain?: readonly [number, number] | undefined;
}) {
  const id = useId();
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const x = linear([0, Math.max(1, points.length - 1)], [PAD, WIDTH - PAD]);
  const y = linear(domain ?? extent(values, 0.08), [HEIGHT - PAD, PAD]);
  const placed = points.map(({ date, value }, index) => ({
    date,
    x: x(index),
    y: value === null ? null : y(value),
  }));
  const from = window ? placed.find(({ date }) => date >= window.from) : undefined;
  const to = window ? placed.findLast(({ date }) => date <= window.to) : undefined;
  const last = placed.findLast(({ y }) => y !== null);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-text`}
      className="h-11 w-full max-w-[220px] overflow-visible"
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-text`}>{description}</desc>
      {from && to ? (
        <rect
          x={from.x - 3}
          width={Math.max(6, to.x - from.x + 6)}
          y={0}
          height={HEIGHT}
          rx={3}
          className="fill-raised"
        />
      ) : null}
      <path d={path(placed)} fill="none" strokeWidth={1.5} strokeLinejoin="round" className="stroke-chart" />
      {placed
        .filter(({ date }) => marked.includes(date))
        .map(({ date, x, y }) => (
          <g key={date} className="fill-high stroke-high">
            <line x1={x} x2={x} y1={HEIGHT} y2={HEIGHT - 4} strokeWidth={2} />
            {y === null ? null : <circle cx={x} cy={y} r={2.75} stroke="none" />}
          </g>
        ))}
      {last && last.y !== null ? <circle cx={last.x} cy={last.y} r={2.25} className="fill-chart" /> : null}
    </svg>
  );
}
