import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

/** A modal dialog of the browser's own: it keeps the focus, closes on Escape and gives the focus back. */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}) {
  const shown = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = shown.current;
    const before = document.activeElement;
    dialog?.showModal();
    // The browser would choose the button that closes.
    dialog?.querySelector<HTMLElement>(":scope > div :is(input, textarea, select, button)")?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) {
        before.focus();
      }
    };
  }, []);
  return (
    <dialog
      ref={shown}
      aria-label={title}
      onClose={onClose}
      className={`m-auto max-h-[85vh] w-[calc(100%-2rem)] overflow-y-auto rounded-lg border border-line bg-surface p-0 text-text shadow-2xl ${wide ? "max-w-3xl" : "max-w-md"}`}
    >
      <header className="flex items-center justify-between border-b border-line px-4 py-2.5">
        <h2 className="font-semibold">{title}</h2>
        <button
          type="button"
          aria-label="Close"
          onClick={onClose}
          className="grid size-7 place-items-center rounded-md text-muted hover:bg-raised hover:text-text"
        >
          <X size={16} aria-hidden />
        </button>
      </header>
      <div className="p-4">{children}</div>
    </dialog>
  );
}
