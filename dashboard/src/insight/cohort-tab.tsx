import { useQuery } from "@tanstack/react-query";
import { LineChart as LineIcon } from "lucide-react";
import { useApi } from "@/api/api";
import { LineChart } from "@/charts/line";
import { Stream } from "@/gen/regiment/v1/client_service_pb";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Table } from "@/ui/table";
import { change, number } from "@/words/figures";
import { capital } from "@/words/flags";
import { streamName } from "@/words/names";
import { daily, lastWeeks, weekly } from "./cohort";
import { LONG, RARELY, type Span } from "./span";

const STREAMS = [undefined, Stream.CHECKIN, Stream.MEAL, Stream.TRAINING, Stream.CARDIO];

/** A change of this many points against the week before is pointed out. */
const FELL = 5;

/** What all clients together did of what was asked of them. */
export function CohortTab({ span }: { span: Span }) {
  const api = useApi();
  const cohort = useQuery({
    queryKey: ["insight", "cohort", span],
    queryFn: async ({ signal }) => (await api.insight.getCohortAdherence(span, { signal, ...LONG })).days,
    ...RARELY,
  });
  if (cohort.isPending) {
    return <Loading what="what everybody did" />;
  }
  if (!cohort.data) {
    return <Failed error={cohort.error} retry={() => cohort.refetch()} />;
  }
  const days = cohort.data;
  if (days.length === 0) {
    return (
      <Empty Icon={LineIcon} title="Nothing was asked of anybody yet.">
        The first day that closes shows here.
      </Empty>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-8 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <LineChart
        title="Done of what was asked"
        unit="%"
        points={daily(days)}
        line={weekly(days)}
        digits={0}
      />
      <section>
        <h2 className="mb-2 font-medium">The last week</h2>
        <Table
          label="The last week"
          columns={[
            "Stream",
            { label: "Done", look: "right" },
            { label: "Week before", look: "right" },
            { label: "Change", look: "right" },
          ]}
          minWidth="20rem"
        >
          {STREAMS.map((stream) => {
            const [last, before] = lastWeeks(days, stream);
            const moved = last === null || before === null ? null : last - before;
            return (
              <tr key={stream ?? "all"}>
                <td className={stream === undefined ? "font-medium" : ""}>
                  {stream === undefined ? "Everything" : capital(streamName[stream])}
                </td>
                <td className="text-right">{said(last)}</td>
                <td className="text-right text-muted">{said(before)}</td>
                <td className={`text-right ${moved !== null && moved <= -FELL ? "text-high" : "text-muted"}`}>
                  {moved === null ? "–" : `${change(moved, 0)} points`}
                </td>
              </tr>
            );
          })}
        </Table>
        <p className="mt-3 text-sm text-muted">
          Paused and excused days are not asked for, and so do not count. The line is the week up to each day.
        </p>
      </section>
    </div>
  );
}

function said(percent: number | null): string {
  return percent === null ? "–" : `${number(percent, 0)}%`;
}
