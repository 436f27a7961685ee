// Line drawings of sixteen by sixteen for buttons; the words are in the button.
const SHAPES = {
  play: "M4.5 2.5v11l9-5.5z",
  pause: "M4.5 2.5v11M11.5 2.5v11",
  previous: "M12.5 3 6 8l6.5 5zM3.5 3v10",
  next: "M3.5 3 10 8l-6.5 5zM12.5 3v10",
  light:
    "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 .8v1.8M8 13.4v1.8M.8 8h1.8M13.4 8h1.8M2.9 2.9l1.3 1.3M11.8 11.8l1.3 1.3M2.9 13.1l1.3-1.3M11.8 4.2l1.3-1.3",
  dark: "M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z",
  night: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  close: "m3.5 3.5 9 9m0-9-9 9",
  add: "M8 2.5v11M2.5 8h11",
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
  redo: "m10.5 3 3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
  pin: "M8 10v4.5M5 2.5h6M6 2.5v4L4 9.5h8L10 6.5v-4",
  forbid: "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM3.9 3.9l8.2 8.2",
  draw: "M3 13l.8-3.2L11 2.6l2.4 2.4-7.2 7.2z",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10",
  filter: "M2 3h12L9.5 8.5V13l-3 1.2V8.5z",
  branch: "M4 14V6m0 4c5 0 7-1.5 7-5M4 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM11 5a1.6 1.6 0 1 0 0-3.2A1.6 1.6 0 0 0 11 5z",
  fewest: "M2 5.5h12M2 10.5h12M5 3v5M11 3v5M5 8v5M11 8v5",
  review: "M2.6 9.2A5.600 5.600 0 1 0 3.900 4.300L2.400 6M2.400 2.600V6h3.400M8 5v3.200l2.300 1.400",
  erase: "M6 13.500 2.500 10l7-7L14 7.500l-6 6zM5.500 7l4.500 4.500M6 13.500h8",
  place:
    "M8 14.5S3 9.8 3 6.300a5 5 0 0 1 10 0C13 9.8 8 14.5 8 14.5zM8 4.700a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.400z",
  bell: "M8 2a4 4 0 0 1 4 4v3l1.5 2.5h-11L4 9V6a4 4 0 0 1 4-4zM6.5 13.5h3",
  check: "m3 8.5 3.5 3.5L13 4.500",
  down: "m3.5 6 4.5 4.5L12.5 6",
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" data-icon={name} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[name]} />
    </svg>
  );
}
