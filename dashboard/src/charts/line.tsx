import { useId, useState } from "react";
import { dayMonth } from "@/words/time";
import { area, extent, linear, path, ticks } from "./scale";
import type { Point } from "./sparkline";

/** A day of a band around a line. */
export interface BandPoint {
  date: string;
  low: number;
  high: number;
}

const WIDTH = 640;
const HEIGHT = 200;
const LEFT = 40;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 24;

/** Points over days with a smoothed line and its band, and the same as a table. */
export function LineChart({
  title,
  unit,
  points,
  line = [],
  band = [],
  digits = 1,
  connect = false,
}: {
  title: string;
  unit: string;
  points: readonly Point[];
  line?: readonly Point[];
  band?: readonly BandPoint[];
  digits?: number;
  connect?: boolean;
}) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const dates = points.map(({ date }) => date);
  const values = [...points, ...line].flatMap(({ value }) => (value === null ? [] : [value]));
  const domain = extent([...values, ...band.flatMap(({ low, high }) => [low, high])], 0.06);
  const x = linear([0, Math.max(1, dates.length - 1)], [LEFT, WIDTH - RIGHT]);
  const y = linear(domain, [HEIGHT - BOTTOM, TOP]);
  const at = (date: string) => x(dates.indexOf(date));
  const place = (all: readonly Point[]) =>
    all.map(({ date, value }) => ({ x: at(date), y: value === null ? null : y(value) }));
  const every = Math.max(1, Math.ceil(dates.length / 6));

  return (
    <figure>
      <figcaption className="mb-1 flex items-center justify-between">
        <span className="font-medium">
          {title} <span className="font-normal text-muted">{unit}</span>
        </span>
        <button
          type="button"
          className="h-6 rounded px-1.5 text-xs text-muted hover:bg-raised hover:text-text"
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Show as chart" : "Show as table"}
        </button>
      </figcaption>
      {asTable ? (
        <ValueTable title={title} unit={unit} points={points} line={line} digits={digits} />
      ) : (
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${id}-title`} className="w-full">
          <title id={`${id}-title`}>
            {`${title}, ${values.length} values from ${number(Math.min(...values), digits)} to ${number(Math.max(...values), digits)} ${unit}`}
          </title>
          {ticks(domain, 4).map((tick) => (
            <g key={tick}>
              <line
                x1={LEFT}
                x2={WIDTH - RIGHT}
                y1={y(tick)}
                y2={y(tick)}
                className="stroke-line"
                strokeWidth={0.75}
              />
              <text x={LEFT - 6} y={y(tick) + 3.5} textAnchor="end" fontSize={10.5} className="fill-muted">
                {tick}
              </text>
            </g>
          ))}
          {dates.map((date, index) =>
            index % every === 0 ? (
              <text
                key={date}
                x={x(index)}
                y={HEIGHT - 6}
                textAnchor="middle"
                fontSize={10.5}
                className="fill-muted"
              >
                {dayMonth(date)}
              </text>
            ) : null,
          )}
          <path
            d={area(band.map(({ date, low, high }) => ({ x: at(date), low: y(low), high: y(high) })))}
            className="fill-chart/20"
          />
          <path
            d={path(place(line))}
            fill="none"
            strokeWidth={2}
            strokeLinejoin="round"
            className="stroke-chart"
          />
          {connect ? (
            <path
              d={path(place(points).filter((point) => point.y !== null))}
              fill="none"
              strokeWidth={1.25}
              className="stroke-chart/60"
            />
          ) : null}
          {points.map(({ date, value }) =>
            value === null ? null : (
              <circle key={date} cx={at(date)} cy={y(value)} r={2.25} className="fill-chart/80">
                <title>{`${dayMonth(date)}: ${number(value, digits)} ${unit}`}</title>
              </circle>
            ),
          )}
        </svg>
      )}
    </figure>
  );
}

function ValueTable({
  title,
  unit,
  points,
  line,
  digits,
}: {
  title: string;
  unit: string;
  points: readonly Point[];
  line: readonly Point[];
  digits: number;
}) {
  const smoothed = new Map(line.map(({ date, value }) => [date, value]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="max-h-52 overflow-y-auto" tabIndex={0} role="region" aria-label={`${title} as a table`}>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-left text-muted">
            <th className="py-1 font-medium">Date</th>
            <th className="py-1 text-right font-medium">{unit}</th>
            {line.length > 0 ? <th className="py-1 text-right font-medium">smoothed</th> : null}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map(({ date, value }) => (
            <tr key={date} className="border-t border-line">
              <td className="py-1">{dayMonth(date)}</td>
              <td className="py-1 text-right">{value === null ? "–" : number(value, digits)}</td>
              {line.length > 0 ? (
                <td className="py-1 text-right">{number(smoothed.get(date) ?? null, digits)}</td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function number(value: number | null, digits: number): string {
  return value === null || !Number.isFinite(value) ? "–" : value.toFixed(digits);
}
