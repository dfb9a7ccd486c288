import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/api";
import type { GetModelReportResponse, Scores } from "@/gen/regiment/v1/insight_service_pb";
import { Tag } from "@/ui/badge";
import { Failed, Loading } from "@/ui/empty";
import { Table } from "@/ui/table";
import { number, percent } from "@/words/figures";
import { plain, says } from "@/words/flags";
import { shortDate } from "@/words/time";
import { Reliability } from "./reliability";
import { LONG, RARELY } from "./span";

/** From this stability index on a feature is watched, and from the second on the model is doubted. */
const WATCHED = 0.1;
const DOUBTED = 0.25;

/** How many features that drifted are shown. */
const N_DRIFTS = 12;

/** How the lapse model was made, how it does on this practice, and whether the practice is still what it learned. */
export function ModelTab({ weeks }: { weeks: number }) {
  const api = useApi();
  const report = useQuery({
    queryKey: ["insight", "model", weeks],
    queryFn: ({ signal }) => api.insight.getModelReport({ weeks }, { signal, ...LONG }),
    ...RARELY,
  });
  if (report.isPending) {
    return <Loading what="the report" />;
  }
  if (!report.data) {
    return <Failed error={report.error} retry={() => report.refetch()} />;
  }
  const it = report.data;
  return (
    <>
      <p className="mb-5 max-w-prose text-muted">
        Model <strong className="font-medium text-text">{it.modelVersion}</strong>
        {it.trainedUntil ? ` read logs up to ${shortDate(it.trainedUntil)}` : ""}. It says how likely a client
        is to do less than 60% of the next week. Persistence says that next week is as this one was: what the
        model has to beat.
      </p>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-8 xl:grid-cols-2">
        <ScoreTable report={it} />
        <Reliability bins={it.reliability} />
        <PrecisionTable report={it} />
        <DriftTable report={it} />
        <AcceptanceTable report={it} />
      </div>
    </>
  );
}

const SCORES: [label: string, of: (scores: Scores) => string][] = [
  ["Predictions", ({ n }) => number(n, 0)],
  ["Lapsed", ({ rate }) => percent(rate)],
  ["Ranking (AUROC)", ({ auroc }) => number(auroc, 3)],
  ["Average precision", ({ averagePrecision }) => number(averagePrecision, 3)],
  ["Lapsed among the riskiest tenth", ({ precisionAt10 }) => percent(precisionAt10)],
  ["Squared error (Brier)", ({ brier }) => number(brier, 3)],
  ["Calibration error", ({ calibrationError }) => number(calibrationError, 3)],
];

function ScoreTable({ report: { heldOut, model, persistence } }: { report: GetModelReportResponse }) {
  const columns = [
    ["Here", model],
    ["Persistence", persistence],
    ["When it was trained", heldOut],
  ] as const;
  return (
    <section>
      <h2 className="mb-1 font-medium">How good it is</h2>
      <Table
        label="Scores"
        columns={["Score", ...columns.map(([label]) => ({ label, look: "right" as const }))]}
        minWidth="28rem"
      >
        {SCORES.map(([label, of]) => (
          <tr key={label}>
            <td>{label}</td>
            {columns.map(([column, scores]) => (
              <td key={column} className={`text-right ${column === "Here" ? "font-medium" : "text-muted"}`}>
                {scores ? of(scores) : "–"}
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {model ? null : (
        <p className="mt-2 text-sm text-muted">
          Nothing can be ranked here yet: there are too few weeks, or nobody lapsed.
        </p>
      )}
    </section>
  );
}

function PrecisionTable({ report: { precisionAt } }: { report: GetModelReportResponse }) {
  if (precisionAt.length === 0) {
    return null;
  }
  return (
    <section>
      <h2 className="mb-1 font-medium">Who lapsed among the riskiest</h2>
      <Table
        label="Precision among the riskiest"
        columns={[
          "The riskiest",
          { label: "Clients", look: "right" },
          { label: "Model", look: "right" },
          { label: "Persistence", look: "right" },
        ]}
        minWidth="20rem"
      >
        {precisionAt.map((at) => (
          <tr key={at.percent}>
            <td>{at.percent}%</td>
            <td className="text-right text-muted">{at.k}</td>
            <td className="text-right font-medium">{percent(at.model)}</td>
            <td className="text-right text-muted">{percent(at.persistence)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function DriftTable({ report: { drift, baseRateRatio } }: { report: GetModelReportResponse }) {
  return (
    <section>
      <h2 className="mb-1 font-medium">What moved in the last four weeks</h2>
      <p className="mb-1 text-sm text-muted">
        {baseRateRatio === undefined
          ? "Nobody lapsed before, so the rate of lapses can't be compared."
          : `Lapses are ${number(baseRateRatio, 2)} times as frequent as before.`}
      </p>
      {drift.length === 0 ? null : (
        <Table
          label="Drift"
          columns={["Feature", { label: "Stability index", look: "right" }, "Verdict"]}
          minWidth="20rem"
        >
          {drift.slice(0, N_DRIFTS).map(({ feature, psi }) => (
            <tr key={feature}>
              <td>{plain(feature)}</td>
              <td className="text-right">{number(psi, 2)}</td>
              <td>
                {psi >= DOUBTED ? (
                  <Tag tone="critical">doubt the model</Tag>
                ) : psi >= WATCHED ? (
                  <Tag tone="medium">watch</Tag>
                ) : (
                  <span className="text-muted">steady</span>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function AcceptanceTable({ report: { acceptance } }: { report: GetModelReportResponse }) {
  if (acceptance.length === 0) {
    return null;
  }
  return (
    <section>
      <h2 className="mb-1 font-medium">How often coaches act on a flag</h2>
      <Table label="Acceptance" columns={["Flag", { label: "Acted on", look: "right" }]} minWidth="20rem">
        {acceptance.map(({ flag, acceptance }) => (
          <tr key={flag}>
            <td>{says(flag)}</td>
            <td className="text-right">{percent(acceptance)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
