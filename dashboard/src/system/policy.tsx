import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/api";
import { reason } from "@/api/refusal";
import { useAttempt } from "@/app/attempt";
import type { PreviewPolicyResponse } from "@/gen/regiment/v1/engine_service_pb";
import { Replay } from "@/insight/backtest";
import { USUAL_WEEKS } from "@/insight/search";
import { lookingBack } from "@/insight/span";
import { Button } from "@/ui/button";
import { Failed, Loading } from "@/ui/empty";
import { Field, TextArea } from "@/ui/field";
import { Table } from "@/ui/table";
import { triggerName } from "@/words/names";
import { whole } from "@/words/time";

/** Edits the policy: what would change is shown first, and only that can be put in force. */
export function PolicyEditor() {
  const api = useApi();
  const attempt = useAttempt("system");
  const policy = useQuery({
    queryKey: ["system", "policy"],
    queryFn: async ({ signal }) => (await api.engines.getPolicy({}, { signal })).policy ?? null,
  });
  const [edited, setEdited] = useState<string | null>(null);
  const [preview, setPreview] = useState<PreviewPolicyResponse | null>(null);
  const [refused, setRefused] = useState("");
  if (policy.isPending) {
    return <Loading what="the policy" />;
  }
  if (!policy.data) {
    return <Failed error={policy.error} retry={() => policy.refetch()} />;
  }
  const toml = edited ?? policy.data.toml;
  const look = async () => {
    try {
      setRefused("");
      setPreview(await api.engines.previewPolicy({ toml }));
    } catch (error) {
      setRefused(reason(error));
    }
  };
  const apply = (etag: string) =>
    attempt(async (requestId) => {
      await api.engines.applyPolicy({ toml, etag, requestId });
      setEdited(null);
      setPreview(null);
    }, "The policy is in force. Changed times act from each client's next occurrence.");
  return (
    <div className="grid gap-6 xl:grid-cols-2">
      <section>
        <Field
          label={`Policy, version ${policy.data.version}`}
          hint="What is left out has its default."
          error={refused || undefined}
        >
          {(control) => (
            <TextArea
              {...control}
              spellCheck={false}
              rows={34}
              className="font-mono !text-xs"
              value={toml}
              onChange={(event) => {
                setEdited(event.target.value);
                setPreview(null);
              }}
            />
          )}
        </Field>
        <div className="mt-3 flex gap-2">
          <Button tone="strong" onClick={look} disabled={edited === null}>
            Show what would change
          </Button>
          <Button
            tone="quiet"
            disabled={edited === null}
            onClick={() => {
              setEdited(null);
              setPreview(null);
              setRefused("");
            }}
          >
            Discard
          </Button>
        </div>
      </section>
      {preview ? <Preview toml={toml} preview={preview} onApply={() => apply(preview.etag)} /> : <Versions />}
    </div>
  );
}

function Preview({
  toml,
  preview,
  onApply,
}: {
  toml: string;
  preview: PreviewPolicyResponse;
  onApply: () => void;
}) {
  const [replayed, setReplayed] = useState(false);
  const { changes, movedTriggers } = preview;
  if (changes.length === 0) {
    return <p className="text-muted">Nothing would change.</p>;
  }
  return (
    <section aria-label="What would change">
      <Table label="Changes" columns={["Setting", "Is", "Would be"]} minWidth="20rem">
        {changes.map(({ setting, oldJson, newJson }) => (
          <tr key={setting}>
            <td>{setting}</td>
            <td className="text-muted">{oldJson || "–"}</td>
            <td className="font-medium">{newJson || "–"}</td>
          </tr>
        ))}
      </Table>
      {movedTriggers.map(({ trigger, clients }) => (
        <p key={trigger} className="mt-2 text-sm text-muted">
          The next “{triggerName(trigger)}” moves for {clients} {clients === 1 ? "client" : "clients"}.
        </p>
      ))}
      <div className="mt-4 mb-6 flex gap-2">
        <Button onClick={() => setReplayed(true)} disabled={replayed}>
          Replay the last {USUAL_WEEKS} weeks under it
        </Button>
        <Button tone="danger" onClick={onApply}>
          Put it in force
        </Button>
      </div>
      {replayed ? <Replay span={lookingBack(USUAL_WEEKS)} policyToml={toml} /> : null}
    </section>
  );
}

/** Who put which version in force, and when. */
function Versions() {
  const api = useApi();
  const versions = useQuery({
    queryKey: ["system", "policy", "versions"],
    queryFn: async ({ signal }) =>
      (await api.engines.listPolicyVersions({ pageSize: 50 }, { signal })).versions,
  });
  return (
    <section>
      <h2 className="mb-1 font-medium">Versions</h2>
      <Table label="Versions" columns={["Version", "In force since", "By"]} minWidth="20rem">
        {(versions.data ?? []).map(({ version, applyTime, appliedBy }) => (
          <tr key={version}>
            <td>{version}</td>
            <td className="text-muted">{applyTime ? whole(timestampDate(applyTime)) : ""}</td>
            <td className="text-muted">{appliedBy}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
