import { isBare, written } from "@/keys/keyboard";
import { useKeyboard } from "@/keys/keys";
import { Key } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

export const onMac = navigator.platform.startsWith("Mac");

/** Every key of the page in sight. */
export function Help({ onClose }: { onClose: () => void }) {
  const { bindings, lettersOff, setLettersOff } = useKeyboard();
  const groups = Map.groupBy(bindings(), ({ group }) => group);
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {[...groups].map(([group, all]) => (
          <section key={group}>
            <h3 className="eyebrow mb-1">{group}</h3>
            <dl>
              {all.map(({ keys, label }) => (
                <div
                  key={keys}
                  className={`flex justify-between border-b border-line py-1 text-sm ${lettersOff && isBare(keys) ? "opacity-50" : ""}`}
                >
                  <dt>{label}</dt>
                  <dd className="flex gap-1">
                    {written(keys, onMac).map((key) => (
                      <Key key={key}>{key}</Key>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="mt-5 flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={lettersOff}
          onChange={(event) => setLettersOff(event.target.checked)}
        />
        Turn single letters off, for speech input or a restless keyboard
      </label>
    </Dialog>
  );
}
