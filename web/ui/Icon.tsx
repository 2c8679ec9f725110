/** Line icons of 24 × 24, drawn with the text's colour. */
const ICONS = {
  search: 'M16 10.5a5.5 5.5 0 1 1-11 0a5.5 5.5 0 1 1 11 0M15 15l5 5',
  moon: 'M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z',
  inbox: 'M3 13h5l1.5 3h5L16 13h5M5.5 5h13L21 13v6H3v-6z',
  people:
    'M12.2 8a3.2 3.2 0 1 1-6.4 0a3.2 3.2 0 1 1 6.4 0M3 19c.6-3.4 3-5 6-5s5.4 1.6 6 5M15.5 5.3a3 3 0 0 1 0 5.6M17.5 14.4c2 .6 3.2 2.2 3.5 4.6',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  yuan: 'M21 12a9 9 0 1 1-18 0a9 9 0 1 1 18 0M8.5 7.5 12 12l3.5-4.5M12 12v5M9 12.5h6M9 15h6',
  shield: 'M12 3l7 3v5.5c0 4.2-2.8 7.6-7 9.5-4.2-1.9-7-5.3-7-9.5V6zM9 12l2.2 2.2L15.2 10',
  chart: 'M4 4v16h16M8 16v-4M12 16V8M16 16v-6',
  gear: 'M4 7h9M17 7h3M4 17h3M11 17h9M17 7a2 2 0 1 1-4 0a2 2 0 1 1 4 0M11 17a2 2 0 1 1-4 0a2 2 0 1 1 4 0',
  go: 'M9 5l7 7-7 7',
  user: 'M15.8 8a3.8 3.8 0 1 1-7.6 0a3.8 3.8 0 1 1 7.6 0M4.5 20c.8-4.2 3.7-6 7.5-6s6.7 1.8 7.5 6',
  eye: 'M2.5 12c2.5-4.5 5.7-6.5 9.5-6.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5s-7-2-9.5-6.5zM14.8 12a2.8 2.8 0 1 1-5.6 0a2.8 2.8 0 1 1 5.6 0',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z',
  edit: 'M5 19l1-4L16 5l3 3L9 18z',
  clock: 'M20.5 12a8.5 8.5 0 1 1-17 0a8.5 8.5 0 1 1 17 0M12 7v5l3.5 2',
  calendar:
    'M5.5 5.5h13a1.5 1.5 0 0 1 1.5 1.5v11.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5V7a1.5 1.5 0 0 1 1.5-1.5zM4 10h16M8.5 3v4M15.5 3v4',
  home: 'M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6',
  swap: 'M4 8h14l-3.5-3.5M20 16H6l3.5 3.5',
  close: 'M6 6l12 12M18 6L6 18',
  leave: 'M14 5H5v14h9M10 12h10M16.5 8.5L20 12l-3.5 3.5',
} as const

export type IconName = keyof typeof ICONS

export function Icon({ name, isLarge = false }: { name: IconName; isLarge?: boolean }) {
  return (
    <svg className={isLarge ? 'i i-l' : 'i'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  )
}

const MARKS = {
  none: 'M10.5 6a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0',
  half: 'M10.5 6a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0M6 1.5v9a4.5 4.5 0 0 0 0-9z',
  triangle: 'M6 1l5.5 10H.5z',
  square: 'M1.5 1.5h9v9h-9z',
  tick: 'M1.5 6.5l3 3L10.5 2.5',
  cross: 'M2 2l8 8M10 2l-8 8',
  bang: 'M6 1v6M6 9.5v1.5',
  pause: 'M3.5 2v8M8.5 2v8',
} as const

export type MarkName = keyof typeof MARKS
const FILLED: ReadonlySet<MarkName> = new Set(['triangle', 'square'])

/** The shape of a state: it is read without its colour. */
export function Mark({ name, size = 12 }: { name: MarkName; size?: number }) {
  const kind = name === 'half' ? 'mark-half' : FILLED.has(name) ? 'mark-filled' : 'mark-line'
  return (
    <svg className={kind} viewBox="0 0 12 12" width={size} height={size} aria-hidden="true">
      <path d={MARKS[name]} />
    </svg>
  )
}
