import type { CSSProperties, KeyboardEvent } from 'react'
import { count, money, signedMoney } from './format.ts'

/** A total stands on the axis; a change hangs between the level before and after it. */
export interface Bar {
  key: string
  title: string
  /** Beneath the title: how many. */
  note: string
  kind: 'total' | 'change'
  fen: number
}

interface Placed extends Bar {
  from: number
  to: number
}

/** Levels in fen, from the first total through the changes. */
function placed(bars: readonly Bar[]): Placed[] {
  let level = 0
  return bars.map((bar) => {
    const from = bar.kind === 'total' ? 0 : level
    level = bar.kind === 'total' ? bar.fen : level + bar.fen
    return { ...bar, from, to: level }
  })
}

/** Where the axis begins: near the levels when they lie close together, and then the totals show a break. */
function axisOf(bars: readonly Placed[]): { base: number; top: number; isCut: boolean } {
  const levels = bars.map(({ to }) => to)
  const [low, high] = [Math.min(...levels), Math.max(...levels)]
  const room = Math.max((high - low) * 0.6, high * 0.01, 1)
  const base = low - room
  return base <= 0 ? { base: 0, top: Math.max(high, 1), isCut: false } : { base, top: high, isCut: true }
}

interface WaterfallProps {
  bars: readonly Bar[]
  /** Key of the bar whose list is open. */
  opened: string | undefined
  onOpen: (key: string) => void
}

/** From last month to this one; every change opens its list. ← → walk, Enter opens. */
export function Waterfall({ bars, opened, onOpen }: WaterfallProps) {
  const columns = placed(bars)
  const { base, top, isCut } = axisOf(columns)
  const share = (level: number) => Math.max(0, Math.min(1, (level - base) / (top - base))) * 100
  return (
    <div role="group" aria-label="从上月到本月的变化，每一柱可打开名单" onKeyDown={walk}>
      <div className="waterfall">
        {columns.map(({ key, title, note, kind, fen, from, to }) => {
          const [low, high] = [share(Math.min(from, to)), share(Math.max(from, to))]
          const look = {
            '--low': `${low}%`,
            '--high': `${high}%`,
            '--level': `${share(to)}%`,
          } as CSSProperties
          const sign = kind === 'total' ? 'wf-total' : fen < 0 ? 'wf-out' : 'wf-in'
          const body = (
            <>
              <span className="wf-plot" style={look}>
                <i className={kind === 'total' && isCut ? 'wf-bar wf-cut' : 'wf-bar'} aria-hidden="true" />
                <b className="wf-value">{kind === 'total' ? money(fen) : signedMoney(fen)}</b>
              </span>
              <span>{title}</span>
              <span className="mini">{note}</span>
            </>
          )
          return kind === 'total' ? (
            <div key={key} className={`wf-column ${sign}`}>
              {body}
            </div>
          ) : (
            <button
              key={key}
              type="button"
              className={`wf-column ${sign}`}
              aria-pressed={opened === key}
              onClick={() => onOpen(key)}
            >
              {body}
            </button>
          )
        })}
      </div>
      <p className="mini wf-caption">
        单位：元。
        {isCut ? `总额柱自 ${count(Math.floor(base / 1_000_000))} 万元起截断，变化柱同一比例。` : ''}按{' '}
        <kbd>←</kbd> <kbd>→</kbd> 逐柱看，<kbd>Enter</kbd> 打开名单。
      </p>
    </div>
  )
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
  const bars = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button.wf-column')]
  const at = bars.findIndex((bar) => bar === document.activeElement)
  const next = bars[at + (event.key === 'ArrowRight' ? 1 : -1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}
