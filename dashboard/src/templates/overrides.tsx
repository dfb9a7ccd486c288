import { create } from "@bufbuild/protobuf";
import { Plus, X } from "lucide-react";
import {
  type Exercise,
  type TrainingTemplate,
  type WeekOverride,
  WeekOverrideSchema,
} from "@/gen/regiment/v1/template_service_pb";
import { Button } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { exercisesOf } from "./sessions";

/** What single weeks of a block prescribe differently: a lighter week, a test. */
export function WeekChanges({
  block,
  exercises,
  onChange,
}: {
  block: TrainingTemplate;
  exercises: readonly Exercise[];
  onChange: (changes: WeekOverride[]) => void;
}) {
  const changes = block.weekOverrides;
  const offered = exercisesOf(block.schedule, exercises);
  const set = (place: number, part: Partial<WeekOverride>) =>
    onChange(changes.map((one, index) => (index === place ? { ...one, ...part } : one)));
  const [first] = offered;
  return (
    <section>
      <h3 className="font-medium">Weeks that differ</h3>
      {changes.length === 0 ? (
        <p className="mb-1 text-sm text-muted">Every week prescribes the same.</p>
      ) : (
        <p className="mb-2 text-sm text-muted">
          In the week named, the exercise has these sets and reps instead.
        </p>
      )}
      {changes.map((change, place) => (
        <div
          // A change is known by its place while it is edited.
          key={`change ${place + 1}`}
          className="mb-1.5 grid max-w-2xl grid-cols-[5rem_minmax(0,1fr)_5rem_6rem_auto] items-center gap-2"
        >
          <Input
            aria-label={`Week of change ${place + 1}`}
            type="number"
            min={1}
            max={block.weeks}
            value={change.week}
            onChange={(event) => set(place, { week: event.target.valueAsNumber || 0 })}
          />
          <Select
            aria-label={`Exercise of change ${place + 1}`}
            value={change.exerciseId}
            onChange={(event) => set(place, { exerciseId: event.target.value })}
          >
            {offered.some(({ exerciseId }) => exerciseId === change.exerciseId) ? null : (
              <option value={change.exerciseId}>{change.exerciseId}</option>
            )}
            {offered.map(({ exerciseId, displayName }) => (
              <option key={exerciseId} value={exerciseId}>
                {displayName}
              </option>
            ))}
          </Select>
          <Input
            aria-label={`Sets of change ${place + 1}`}
            type="number"
            min={1}
            value={change.sets}
            onChange={(event) => set(place, { sets: event.target.valueAsNumber || 0 })}
          />
          <Input
            aria-label={`Reps of change ${place + 1}`}
            value={change.reps}
            onChange={(event) => set(place, { reps: event.target.value })}
          />
          <Button
            tone="quiet"
            className="!px-1.5"
            aria-label={`Remove change ${place + 1}`}
            onClick={() => onChange(changes.filter((_, index) => index !== place))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      {first ? (
        <Button
          tone="quiet"
          onClick={() =>
            onChange([
              ...changes,
              create(WeekOverrideSchema, {
                week: block.weeks,
                exerciseId: first.exerciseId,
                sets: 2,
                reps: "8-12",
              }),
            ])
          }
        >
          <Plus size={13} aria-hidden />
          Week that differs
        </Button>
      ) : null}
    </section>
  );
}
