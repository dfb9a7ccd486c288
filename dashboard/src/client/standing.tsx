import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/api";
import { useAttempt } from "@/app/attempt";
import { useSession } from "@/app/session";
import type { Client, Infraction } from "@/gen/regiment/v1/client_service_pb";
import { Tag } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Failed, Loading } from "@/ui/empty";
import { Field, Input } from "@/ui/field";
import { FormDialog } from "@/ui/form";
import { infractionName } from "@/words/names";
import { dayMonth, shortDate } from "@/words/time";

/** The infraction record: counts, warnings, the refeed block, and every event with its misses. */
export function Standing({ client }: { client: Client }) {
  const api = useApi();
  const attempt = useAttempt("clients");
  const { mayDecide } = useSession();
  const [voiding, setVoiding] = useState<Infraction | null>(null);
  const standing = useQuery({
    queryKey: ["clients", "standing", client.userId],
    queryFn: async ({ signal }) =>
      (await api.clients.getStanding({ name: client.name }, { signal })).standing ?? null,
  });
  if (standing.isPending) {
    return <Loading what="the standing" />;
  }
  if (!standing.data) {
    return <Failed error={standing.error} retry={() => standing.refetch()} />;
  }
  const now = standing.data;
  return (
    <section className="content-start">
      <h3 className="mb-2 font-medium">Standing</h3>
      <dl className="grid grid-cols-4 gap-3">
        {[
          ["7 days", now.events7Days],
          ["10 days", now.events10Days],
          ["14 days", now.events14Days],
          ["Streak", now.streak],
        ].map(([label, value]) => (
          <div key={label} className="rounded-md border border-line bg-surface px-3 py-2">
            <dt className="text-xs text-muted">{label}</dt>
            <dd className="text-lg leading-6 font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-sm text-muted">
        {now.warningDates.length > 0
          ? `Warned on ${now.warningDates.map(dayMonth).join(", ")}. `
          : "Never warned. "}
        {now.calloutDate ? `Called out on ${dayMonth(now.calloutDate)}. ` : ""}
      </p>
      {now.refeedBlockedSince ? (
        <p className="mt-2 flex items-center gap-2 text-sm">
          <Tag tone="critical">Refeed blocked since {dayMonth(now.refeedBlockedSince)}</Tag>
          {mayDecide ? (
            <Button
              onClick={() =>
                attempt(
                  (requestId) => api.clients.liftRefeedBlock({ name: client.name, requestId }),
                  "Lifted the refeed block.",
                )
              }
            >
              Lift
            </Button>
          ) : null}
        </p>
      ) : null}
      {now.infractions.length === 0 ? (
        <p className="mt-4 text-sm text-muted">No infraction within five weeks.</p>
      ) : (
        <table className="mt-4 w-full text-sm">
          <caption className="sr-only">Infractions of the last five weeks</caption>
          <tbody>
            {now.infractions.toReversed().map((event) => (
              <tr key={`${event.kind} ${event.date}`} className="border-t border-line">
                <td className="py-1.5">{shortDate(event.date)}</td>
                <td className={event.voidedAt ? "line-through" : ""}>{infractionName[event.kind]}</td>
                <td className="text-muted">
                  {event.voidedAt
                    ? `voided: ${event.voidReason}`
                    : `missed ${event.missDates.map(dayMonth).join(", ")}`}
                </td>
                <td className="text-right">
                  {mayDecide && !event.voidedAt ? (
                    <Button tone="quiet" onClick={() => setVoiding(event)}>
                      Void
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {voiding ? <VoidDialog client={client} event={voiding} onClose={() => setVoiding(null)} /> : null}
    </section>
  );
}

function VoidDialog({
  client,
  event: { kind, date },
  onClose,
}: {
  client: Client;
  event: Infraction;
  onClose: () => void;
}) {
  const api = useApi();
  const [reason, setReason] = useState("");
  const whole = `the ${infractionName[kind]} infraction of ${dayMonth(date)}`;
  return (
    <FormDialog
      title={`Void ${whole}`}
      action="Void"
      send={(requestId) => api.clients.voidInfraction({ name: client.name, kind, date, reason, requestId })}
      done={`Voided ${whole}.`}
      onClose={onClose}
    >
      <Field label="Why" hint="Kept with the event. A warning that rested on it is corrected.">
        {(control) => (
          <Input {...control} required value={reason} onChange={(typed) => setReason(typed.target.value)} />
        )}
      </Field>
    </FormDialog>
  );
}
