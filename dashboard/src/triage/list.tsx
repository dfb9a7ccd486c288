import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { JobCard } from "@/gen/regiment/v1/job_card_service_pb";
import { CardRow, nameOf, ROW_HEIGHT } from "./row";

/** The cards as a listbox: one stop of the tab key, the card in hand named to screen readers. */
export function CardList({
  cards,
  active,
  selected,
  now,
  onTurnTo,
  onOpen,
}: {
  cards: readonly JobCard[];
  active: string;
  selected: ReadonlySet<string>;
  now: Date;
  onTurnTo: (name: string) => void;
  onOpen: () => void;
}) {
  const scrolled = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    initialRect: { width: 400, height: 800 },
  });
  const index = cards.findIndex(({ name }) => name === active);
  useEffect(() => {
    if (index >= 0) {
      rows.scrollToIndex(index, { align: "auto" });
    }
  }, [index, rows]);
  return (
    <div
      ref={scrolled}
      role="listbox"
      aria-label="Job cards, worst first"
      aria-multiselectable
      aria-activedescendant={index >= 0 ? optionId(active) : undefined}
      tabIndex={0}
      className="h-full overflow-y-auto -outline-offset-2"
      onClick={(event) => {
        const option = (event.target as Element).closest("[data-card]");
        if (option instanceof HTMLElement && option.dataset.card) {
          onTurnTo(option.dataset.card);
          onOpen();
        }
      }}
    >
      <div style={{ height: rows.getTotalSize() }} className="relative" role="presentation">
        {rows.getVirtualItems().map((row) => {
          const card = cards[row.index];
          return card ? (
            <div
              key={card.name}
              id={optionId(card.name)}
              role="option"
              tabIndex={-1}
              aria-selected={selected.has(card.name)}
              aria-label={nameOf(card)}
              aria-posinset={row.index + 1}
              aria-setsize={cards.length}
              data-card={card.name}
              data-active={card.name === active || undefined}
              className="absolute inset-x-0 cursor-pointer outline-none"
              style={{ height: ROW_HEIGHT, transform: `translateY(${row.start}px)` }}
            >
              <CardRow
                card={card}
                active={card.name === active}
                selected={selected.has(card.name)}
                now={now}
              />
            </div>
          ) : null;
        })}
      </div>
    </div>
  );
}

function optionId(name: string): string {
  return `card-${name.replaceAll("/", "-")}`;
}
