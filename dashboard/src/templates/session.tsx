import { Plus, X } from "lucide-react";
import type { BlockDay, Prescription } from "@/gen/regiment/v1/template_service_pb";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { Table } from "@/ui/table";
import { blankExercise } from "./sessions";

/** One session of a block's week, exercise by exercise. */
export function SessionEditor({
  session,
  onChange,
  onRemove,
}: {
  session: BlockDay;
  onChange: (part: Partial<BlockDay>) => void;
  onRemove?: () => void;
}) {
  const { dayIndex, dayName, exercises } = session;
  const set = (place: number, part: Partial<Prescription>) =>
    onChange({ exercises: exercises.map((one, index) => (index === place ? { ...one, ...part } : one)) });
  return (
    <section
      aria-label={`Session ${dayIndex}`}
      className="min-w-0 content-start rounded-md border border-line bg-surface p-3"
    >
      <div className="mb-1 flex items-center gap-2">
        <span className="w-4 text-muted">{dayIndex}</span>
        <Input
          aria-label={`Name of session ${dayIndex}`}
          className="!bg-transparent font-medium"
          value={dayName}
          onChange={(event) => onChange({ dayName: event.target.value })}
        />
        {onRemove ? (
          <Button tone="quiet" onClick={onRemove}>
            Remove the session
          </Button>
        ) : null}
      </div>
      <Table
        label={`Exercises of ${dayName}`}
        columns={["Exercise", "Sets", "Reps", "Rest, s", { label: "Remove", look: "hidden" }]}
        minWidth="30rem"
      >
        {exercises.map((one, place) => {
          const where = `of exercise ${place + 1}, session ${dayIndex}`;
          return (
            // An exercise is known by its place while its name is typed.
            <tr key={`exercise ${place + 1}`} className="[&>td]:!border-0 [&>td]:!py-0.5">
              <td>
                <Input
                  aria-label={`Name ${where}`}
                  list="exercises"
                  placeholder="An exercise of the library"
                  value={one.exercise}
                  onChange={(event) => set(place, { exercise: event.target.value, exerciseId: "" })}
                />
              </td>
              <td className="w-20">
                <Input
                  aria-label={`Sets ${where}`}
                  type="number"
                  min={1}
                  value={one.sets}
                  onChange={(event) => set(place, { sets: event.target.valueAsNumber || 0 })}
                />
              </td>
              <td className="w-24">
                <Input
                  aria-label={`Reps ${where}`}
                  value={one.reps}
                  onChange={(event) => set(place, { reps: event.target.value })}
                />
              </td>
              <td className="w-24">
                <Input
                  aria-label={`Rest ${where}`}
                  type="number"
                  min={0}
                  step={15}
                  value={one.restSeconds}
                  onChange={(event) => set(place, { restSeconds: event.target.valueAsNumber || 0 })}
                />
              </td>
              <td className="w-8">
                <Button
                  tone="quiet"
                  className="!px-1.5"
                  aria-label={`Remove ${one.exercise || `exercise ${place + 1}`} from session ${dayIndex}`}
                  onClick={() => onChange({ exercises: exercises.filter((_, index) => index !== place) })}
                >
                  <X size={14} aria-hidden />
                </Button>
              </td>
            </tr>
          );
        })}
      </Table>
      <Button
        tone="quiet"
        className="mt-1"
        onClick={() => onChange({ exercises: [...exercises, blankExercise] })}
      >
        <Plus size={13} aria-hidden />
        Exercise
      </Button>
    </section>
  );
}
