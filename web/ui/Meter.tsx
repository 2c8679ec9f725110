import type { CSSProperties } from 'react'
import { money } from './format.ts'

interface MeterProps {
  limitFen: number
  usedFen: number
  /** On top of what is used: what stands on this page. */
  thisFen?: number
}

/** How much of a limit is taken; the figures beside it say the same in words. */
export function Meter({ limitFen, usedFen, thisFen = 0 }: MeterProps) {
  const part = (fen: number) => (limitFen <= 0 ? 0 : Math.max(0, Math.min(1, fen / limitFen)) * 100)
  const used = part(usedFen)
  const own = Math.min(part(thisFen), 100 - used)
  const text = `共 ${money(limitFen)}，已占用 ${money(usedFen)}${thisFen === 0 ? '' : `，本次 ${money(thisFen)}`}`
  return (
    <span className="meter meter-2" role="img" aria-label={text} title={text}>
      <i className={thisFen === 0 ? '' : 'meter-others'} style={{ '--part': `${used}%` } as CSSProperties} />
      {thisFen > 0 && <i style={{ '--part': `${own}%` } as CSSProperties} />}
    </span>
  )
}
