import type { CSSProperties } from 'react'

/** How far something has come that goes on without the page. */
export function Progress({ label, done, of }: { label: string; done: number; of: number }) {
  const part = of === 0 ? 0 : Math.min(100, Math.floor((done / of) * 100))
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuenow={part}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <i style={{ '--part': `${part}%` } as CSSProperties} />
    </div>
  )
}
