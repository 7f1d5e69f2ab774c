/** Icons of the console, drawn on a grid of 24 by 24. They are decoration: what they stand for is said in words beside them. */
const shapes = {
  overview: ['M4 4h7v9H4z', 'M13 4h7v5h-7z', 'M13 12h7v8h-7z', 'M4 16h7v4H4z'],
  package: ['M12 3l8 4.5v9L12 21l-8-4.5v-9z', 'M12 12l8-4.5', 'M12 12v9', 'M12 12L4 7.5'],
  repository: ['M5 4h14v16H7a2 2 0 0 1-2-2z', 'M5 18a2 2 0 0 1 2-2h12', 'M9 8h6'],
  team: ['M12 4v5', 'M5 20v-4h14v4', 'M12 9v7', 'M10 4h4v4h-4z', 'M3 20h4', 'M17 20h4'],
  people: [
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
    'M3 20a6 6 0 0 1 12 0',
    'M16 4.5a3.5 3.5 0 0 1 0 6',
    'M18 14.5a6 6 0 0 1 3 5.5',
  ],
  why: [
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
    'M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7',
    'M12 17v.01',
  ],
  sync: [
    'M4 12a8 8 0 0 1 13.7-5.6L20 8.5',
    'M20 4v4.5h-4.5',
    'M20 12a8 8 0 0 1-13.7 5.6L4 15.5',
    'M4 20v-4.5h4.5',
  ],
  settings: [
    'M4 7h9',
    'M17 7h3',
    'M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
    'M4 17h3',
    'M11 17h9',
    'M9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  ],
  search: ['M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z', 'M20 20l-4.7-4.7'],
  menu: ['M4 7h16', 'M4 12h16', 'M4 17h16'],
  close: ['M6 6l12 12', 'M18 6L6 18'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
  down: ['M6 9l6 6 6-6'],
  up: ['M6 15l6-6 6 6'],
  right: ['M9 6l6 6-6 6'],
  sun: [
    'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
    'M12 2v2',
    'M12 20v2',
    'M2 12h2',
    'M20 12h2',
    'M5 5l1.4 1.4',
    'M17.6 17.6L19 19',
    'M5 19l1.4-1.4',
    'M17.6 6.4L19 5',
  ],
  moon: ['M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z'],
  user: ['M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z', 'M4 20a8 8 0 0 1 16 0'],
  signOut: ['M10 4H5v16h5', 'M14 8l4 4-4 4', 'M18 12H9'],
  key: ['M15 13a4 4 0 1 0-3.9-5L4 15v4h4v-3h3l2-2.5', 'M16 8v.01'],
  add: ['M12 5v14', 'M5 12h14'],
  link: ['M14 5h5v5', 'M19 5l-8 8', 'M17 14v5H5V7h5'],
  warning: ['M12 4l9 16H3z', 'M12 10v4', 'M12 17v.01'],
  lock: ['M6 11h12v9H6z', 'M8.5 11V8a3.5 3.5 0 0 1 7 0v3'],
  more: [
    'M5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
    'M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
    'M19 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
  ],
  empty: ['M4 8l3-4h10l3 4v12H4z', 'M4 8h16', 'M9 12h6'],
  clock: ['M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M12 7v5l3 2'],
  device: ['M4 5h16v11H4z', 'M9 20h6', 'M12 16v4'],
} as const;

export type IconName = keyof typeof shapes;

interface IconProps {
  readonly name: IconName;
  /** In pixels. */
  readonly size?: number;
}

export function Icon({ name, size = 18 }: IconProps) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {shapes[name].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}
