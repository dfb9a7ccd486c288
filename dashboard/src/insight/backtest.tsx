import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/api";
import type { Backtest, FlagBacktest } from "@/gen/regiment/v1/insight_service_pb";
import { Button } from "@/ui/button";
import { Failed, Loading } from "@/ui/empty";
import { Field, TextArea } from "@/ui/field";
import { Table } from "@/ui/table";
import { number, percent } from "@/words/figures";
import { says } from "@/words/flags";
import { LONG, RARELY, type Span } from "./span";

/** Replays the weekly scans of the past: as they were, and as another policy would have them. */
export function BacktestTab({ span }: { span: Span }) {
  const [typed, setTyped] = useState("");
  const [policyToml, setPolicy] = useState("");
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-6 xl:grid-cols-[22rem_minmax(0,1fr)]">
      <form
        className="grid content-start gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setPolicy(typed);
        }}
      >
        <Field label="Another policy" hint="Only what it changes. Nothing is put in force here.">
          {(control) => (
            <TextArea
              {...control}
              rows={12}
              spellCheck={false}
              className="font-mono !text-xs"
              placeholder={"[flags]\nmeal_compliance_percent = 75"}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <div>
          <Button tone="strong" type="submit" disabled={typed === policyToml}>
            Replay
          </Button>
        </div>
      </form>
      <Replay span={span} policyToml={policyToml} />
    </div>
  );
}

/** The flags of some months under the policy in force, beside those under another one where there is one. */
export function Replay({ span, policyToml }: { span: Span; policyToml: string }) {
  const api = useApi();
  const replay = useQuery({
    queryKey: ["insight", "backtest", span, policyToml],
    queryFn: ({ signal }) => api.insight.getBacktest({ ...span, policyToml }, { signal, ...LONG }),
    ...RARELY,
  });
  if (replay.isPending) {
    return <Loading what="the scans of the past" />;
  }
  if (!replay.data?.standing) {
    return <Failed error={replay.error} retry={() => replay.refetch()} />;
  }
  const { standing, other } = replay.data;
  const flags = [
    ...new Set([standing, other].flatMap((one) => one?.flags.map(({ flag }) => flag) ?? [])),
  ].sort();
  return (
    <section className="min-w-0">
      <p className="mb-3 max-w-prose text-sm text-muted">
        {standing.scans} Sundays, {standing.scanned} client-weeks.{" "}
        {standing.baseRate === undefined
          ? "Of none is the next week known."
          : `Without any flag to go by, ${percent(standing.baseRate)} of the clients at risk lapse in a week: a flag is worth something when more do.`}
      </p>
      <Table
        label="What became of each flag"
        columns={[
          "Flag",
          { label: "Raised", look: "right" },
          ...(other ? [{ label: "Would be raised", look: "right" as const }] : []),
          { label: "Lapsed after", look: "right" },
          ...(other ? [{ label: "Would have lapsed after", look: "right" as const }] : []),
          { label: "Days ahead", look: "right" },
        ]}
        minWidth="36rem"
      >
        {flags.map((flag) => {
          const [now, then] = [of(standing, flag), other && of(other, flag)];
          const moved = other && (now?.fired ?? 0) !== (then?.fired ?? 0);
          return (
            <tr key={flag}>
              <td>{says(flag)}</td>
              <td className="text-right">{now?.fired ?? 0}</td>
              {other ? (
                <td className={`text-right ${moved ? "font-medium text-accent" : ""}`}>{then?.fired ?? 0}</td>
              ) : null}
              <td className="text-right">{lapsedSaid(now)}</td>
              {other ? <td className="text-right">{lapsedSaid(then)}</td> : null}
              <td className="text-right text-muted">
                {now?.daysAhead === undefined ? "–" : number(now.daysAhead, 1)}
              </td>
            </tr>
          );
        })}
        <tr>
          <td className="text-muted">Lapsed without a flag</td>
          <td className="text-right">{standing.lapsedUnflagged}</td>
          {other ? <td className="text-right">{other.lapsedUnflagged}</td> : null}
          <td />
          {other ? <td /> : null}
          <td />
        </tr>
      </Table>
    </section>
  );
}

function of({ flags }: Backtest, flag: string): FlagBacktest | undefined {
  return flags.find((one) => one.flag === flag);
}

function lapsedSaid(flag: FlagBacktest | undefined): string {
  return flag && flag.judged > 0 ? `${percent(flag.lapsed / flag.judged)} of ${flag.judged}` : "–";
}
