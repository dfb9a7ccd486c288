import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Inbox } from "lucide-react";
import { useApi } from "@/api/api";
import { useAttempt } from "@/app/attempt";
import { useNow } from "@/app/now";
import { useSession } from "@/app/session";
import { ClientLink } from "@/clients/link";
import { type Delivery, DeliveryState } from "@/gen/regiment/v1/delivery_service_pb";
import { Tag } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Empty, Failed, Loading } from "@/ui/empty";
import { Select } from "@/ui/field";
import { Table } from "@/ui/table";
import { deliveryStateName } from "@/words/names";
import { ago, whole } from "@/words/time";
import { STATES, type SystemSearch } from "./search";

const route = getRouteApi("/system");

/** What the server tries again, and what it takes back. */
const RETRIED = [DeliveryState.PENDING, DeliveryState.REFUSED, DeliveryState.UNKNOWN, DeliveryState.MISSED];
const DISCARDED = [DeliveryState.PENDING, DeliveryState.UNKNOWN];

/** The newest messages of the outbox, and what can be done with those that did not arrive. */
export function Outbox() {
  const api = useApi();
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const wanted = state ? STATES[state] : DeliveryState.UNSPECIFIED;
  const deliveries = useQuery({
    queryKey: ["system", "deliveries", wanted],
    queryFn: async ({ signal }) =>
      (await api.deliveries.listDeliveries({ state: wanted, pageSize: 200 }, { signal })).deliveries,
  });
  return (
    <section>
      <Select
        aria-label="State"
        className="!w-44"
        value={state ?? ""}
        onChange={(event) =>
          navigate({
            search: (before) => ({
              ...before,
              state: (event.target.value || undefined) as SystemSearch["state"],
            }),
            replace: true,
          })
        }
      >
        <option value="">Any state</option>
        {Object.entries(STATES).map(([key, value]) => (
          <option key={key} value={key}>
            {deliveryStateName[value]}
          </option>
        ))}
      </Select>
      {deliveries.isPending ? (
        <Loading what="the outbox" />
      ) : !deliveries.data ? (
        <Failed error={deliveries.error} retry={() => deliveries.refetch()} />
      ) : deliveries.data.length === 0 ? (
        <Empty Icon={Inbox} title="No message here." />
      ) : (
        <div className="mt-3">
          <Table
            label="Outbox"
            columns={[
              "Order",
              "Message",
              "To",
              "State",
              "Made",
              { label: "Attempts", look: "right" },
              { label: "Actions", look: "hidden" },
            ]}
            minWidth="48rem"
          >
            {deliveries.data.map((delivery) => (
              <Row key={delivery.name} delivery={delivery} />
            ))}
          </Table>
        </div>
      )}
    </section>
  );
}

function Row({ delivery }: { delivery: Delivery }) {
  const api = useApi();
  const now = useNow();
  const { mayDecide } = useSession();
  const attempt = useAttempt("system");
  const { name, etag, state, client, createTime } = delivery;
  const undelivered = [DeliveryState.REFUSED, DeliveryState.UNKNOWN, DeliveryState.MISSED].includes(state);
  return (
    <tr>
      <td className="font-medium">{delivery.orderNumber}</td>
      <td>{delivery.kind.replaceAll("_", " ")}</td>
      <td>{client ? <ClientLink name={client} /> : <span className="text-muted">a channel</span>}</td>
      <td>
        <Tag tone={undelivered ? "critical" : state === DeliveryState.DELIVERED ? "good" : "muted"}>
          {deliveryStateName[state]}
        </Tag>{" "}
        <span className="text-muted">{delivery.lastError.replaceAll("_", " ")}</span>
      </td>
      <td className="text-muted">
        {createTime ? (
          <time title={whole(timestampDate(createTime))}>{ago(timestampDate(createTime), now)}</time>
        ) : null}
      </td>
      <td className="text-right">{delivery.attempts}</td>
      <td className="text-right whitespace-nowrap">
        {mayDecide && RETRIED.includes(state) ? (
          <Button
            tone="quiet"
            onClick={() =>
              attempt(
                (requestId) => api.deliveries.retryDelivery({ name, etag, requestId }),
                "It is tried again.",
              )
            }
          >
            Retry
          </Button>
        ) : null}
        {mayDecide && DISCARDED.includes(state) ? (
          <Button
            tone="quiet"
            onClick={() =>
              attempt((requestId) => api.deliveries.discardDelivery({ name, etag, requestId }), "Taken back.")
            }
          >
            Discard
          </Button>
        ) : null}
      </td>
    </tr>
  );
}
