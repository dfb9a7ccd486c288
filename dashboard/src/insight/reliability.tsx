import { linear } from "@/charts/scale";
import type { ReliabilityBin } from "@/gen/regiment/v1/insight_service_pb";
import { percent } from "@/words/figures";

const SIZE = 240;
const LEFT = 34;
const RIGHT = 16;
const BOTTOM = 24;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** What the model said against what came: on the diagonal it was right. */
export function Reliability({ bins }: { bins: readonly ReliabilityBin[] }) {
  if (bins.length === 0) {
    return null;
  }
  const x = linear([0, 1], [LEFT, SIZE - RIGHT]);
  const y = linear([0, 1], [SIZE - BOTTOM, 6]);
  const said = bins.map(({ risk, lapsed }) => `said ${percent(risk)}, came ${percent(lapsed)}`).join("; ");
  return (
    <figure>
      <figcaption className="mb-1 font-medium">
        What it said <span className="font-normal text-muted">against what came</span>
      </figcaption>
      <svg
        role="img"
        aria-label={`Reliability: ${said}`}
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        className="w-full max-w-xs"
      >
        {TICKS.map((tick) => (
          <g key={tick}>
            <line
              x1={LEFT}
              x2={SIZE - RIGHT}
              y1={y(tick)}
              y2={y(tick)}
              className="stroke-line"
              strokeWidth={0.75}
            />
            <text x={LEFT - 5} y={y(tick) + 3} textAnchor="end" fontSize={9} className="fill-muted">
              {percent(tick)}
            </text>
            <text x={x(tick)} y={SIZE - 8} textAnchor="middle" fontSize={9} className="fill-muted">
              {percent(tick)}
            </text>
          </g>
        ))}
        <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className="stroke-edge" strokeDasharray="3 3" />
        <polyline
          points={bins.map(({ risk, lapsed }) => `${x(risk)},${y(lapsed)}`).join(" ")}
          fill="none"
          strokeWidth={1.5}
          className="stroke-chart"
        />
        {bins.map(({ risk, lapsed }) => (
          <circle key={risk} cx={x(risk)} cy={y(lapsed)} r={3} className="fill-chart">
            <title>{`said ${percent(risk)}, came ${percent(lapsed)}`}</title>
          </circle>
        ))}
      </svg>
    </figure>
  );
}
