/** The initials of a person on a color of its own. Photos stand on other servers, and pages load nothing from there. */
export function Avatar({ name, id, size = 24 }: { name: string; id: string; size?: number }) {
  return (
    <span
      aria-hidden
      className="grid shrink-0 place-items-center rounded-full font-semibold text-text"
      style={{
        width: size,
        height: size,
        fontSize: size * 0.4,
        background: `color-mix(in oklch, oklch(0.62 0.11 ${hue(id)}) 38%, var(--surface))`,
      }}
    >
      {initials(name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.split(/[\s_.-]+/).filter(Boolean);
  const [first = "?", last = ""] = [words.at(0), words.length > 1 ? words.at(-1) : ""];
  return `${first.charAt(0)}${last.charAt(0)}`.toUpperCase();
}

function hue(id: string): number {
  // The golden angle drives neighbors apart.
  let sum = 0;
  for (const sign of id) {
    sum = (sum * 31 + sign.charCodeAt(0)) % 100_003;
  }
  return Math.round((sum * 137.508) % 360);
}
