import { useState } from "react";
import { useApi } from "@/api/api";
import type { TriggerEngineResponse } from "@/gen/regiment/v1/engine_service_pb";
import { DateField, FormDialog } from "@/ui/form";
import { triggerName } from "@/words/names";

/** What can be sent once more: orders, the plan prompt and the shopping list, and no deadline. */
const REPEATED = ["checkin_drop", "meal_drop", "training_drop", "plan_prompt", "shopping_list"];

/** Performs what is due by hand, or sends again what has been sent. */
export function TriggerDialog({
  client,
  who,
  trigger,
  onClose,
}: {
  client: string;
  who: string;
  trigger: string;
  onClose: () => void;
}) {
  const api = useApi();
  const [date, setDate] = useState("");
  const [repeat, setRepeat] = useState(false);
  return (
    <FormDialog
      title={`Trigger ${triggerName(trigger)} for ${who}`}
      action={repeat ? "Send again" : "Run now"}
      send={(requestId) => api.engines.triggerEngine({ client, trigger, date, repeat, requestId })}
      done={(answer) => ranSaid(answer, repeat)}
      onClose={onClose}
    >
      <p className="text-sm text-muted">
        Only what is due runs, and only once. What has been sent can be sent again.
      </p>
      {REPEATED.includes(trigger) ? (
        <label className="flex items-center gap-2 text-sm">
          <input type="checkbox" checked={repeat} onChange={(event) => setRepeat(event.target.checked)} />
          Send again what has been sent
        </label>
      ) : null}
      <DateField
        label={`The client's date (empty: ${repeat ? "today" : "the next one"})`}
        value={date}
        onChange={setDate}
        optional
      />
    </FormDialog>
  );
}

/** What became of it: a day may have had nothing to send. */
export function ranSaid(
  { outcome, messages }: Pick<TriggerEngineResponse, "outcome" | "messages">,
  isRepeat: boolean,
): string {
  if (isRepeat && messages === 0) {
    return `Nothing was there to send again: ${outcome.replaceAll("_", " ")}.`;
  }
  const sent = `${messages} ${messages === 1 ? "message" : "messages"}`;
  return isRepeat ? `Sent again: ${sent}.` : `It has run: ${outcome.replaceAll("_", " ")}, ${sent}.`;
}
