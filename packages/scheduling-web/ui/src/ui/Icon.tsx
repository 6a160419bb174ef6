/** Icons, drawn for this product. */

const PATHS = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  calendar: "M5 6h14v14H5zM5 10.5h14M9 3.5V8M15 3.5V8",
  close: "M6 6l12 12M18 6L6 18",
  done: "M5 12.5l4.5 4.5L19 7.5",
  download: "M12 4v11M7.5 10.5L12 15l4.5-4.5M5 19.5h14",
  forward: "M9 5l7 7-7 7",
  hours: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 7.8v.4",
  leave: "M10 4.5H5v15h5M14 8l4 4-4 4M18 12H9",
  list: "M4 6h16M4 12h16M4 18h10",
  move: "M4 12h16M15 7l5 5-5 5",
  sync: "M5 10a7.5 7.5 0 0 1 13-2.5L20 10M20 5v5h-5M19 14a7.5 7.5 0 0 1-13 2.5L4 14M4 19v-5h5",
  types: "M4 5.5h7v5H4zM13 5.5h7v5h-7zM4 13.5h7v5H4zM13 13.5h7v5h-7z",
  warning: "M12 4.5l8.5 15h-17zM12 10v4.5M12 16.8v.4",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon stands beside words or on a control that has a label, so it is not read out. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
