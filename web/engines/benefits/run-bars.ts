import { CHANGE_TITLES, type ChangeKind } from '../../../server/engines/benefits/run-change.schema.ts'
import type { RunShown } from '../../../server/engines/benefits/run-view.schema.ts'
import { count } from '../../ui/format.ts'
import type { Bar } from '../../ui/Waterfall.tsx'

type Comparison = RunShown['total']

/** Bars whose lists can be opened, by their key: what did not change is no bar. */
const { unchanged: _, ...changed } = CHANGE_TITLES
export const CHANGES: Readonly<Record<Change, string>> = changed
export type Change = Exclude<ChangeKind, 'unchanged'>

/**
 * Last month, what changed, what is written for earlier months, and the run's total. What this month was settled with by an
 * earlier run of the same month is a bar of its own, shown only where there is any.
 */
export function barsOf(comparison: Comparison, totalFen: number): Bar[] {
  const { previousFen, currentFen, changes, regular, arrears, correction } = comparison
  const before = awardsBefore(changes)
  const monthly = (['new', 'ended', 'raised', 'lowered'] as const).map((key): Bar => {
    const { awards, fen } = changes[key]
    return { key, title: CHANGES[key], note: `${count(awards)} 份`, kind: 'change', fen }
  })
  const settled = regular.fen - currentFen
  const earlier = [
    { key: 'arrears', tally: arrears },
    { key: 'correction', tally: correction },
  ] as const
  return [
    { key: 'previous', title: '上月应发', note: `${count(before)} 份`, kind: 'total', fen: previousFen },
    ...monthly,
    ...(settled === 0
      ? []
      : [
          { key: 'settled', title: '本月已定', note: '此前核算', kind: 'change', fen: settled } satisfies Bar,
        ]),
    ...earlier.map(({ key, tally }): Bar => {
      const note = `${count(tally.lines)} 笔`
      return { key, title: CHANGES[key], note, kind: 'change', fen: tally.fen }
    }),
    { key: 'total', title: '本次核算', note: '合计', kind: 'total', fen: totalFen },
  ]
}

function awardsBefore(changes: Comparison['changes']): number {
  const { ended, raised, lowered, unchanged } = changes
  return ended.awards + raised.awards + lowered.awards + unchanged.awards
}

/** What the bars before the total do not explain: it must be nought, and is shown either way. */
export function unexplained(bars: readonly Bar[]): number {
  const total = bars.at(-1)?.fen ?? 0
  return total - bars.slice(0, -1).reduce((sum, { fen }) => sum + fen, 0)
}

/** The largest change says why the month is as it is. */
export function findingOf(bars: readonly Bar[]): string {
  const [first, ...rest] = bars
  const changes = rest.filter(({ kind, fen }) => kind === 'change' && fen !== 0)
  const most = [...changes].sort((a, b) => Math.abs(b.fen) - Math.abs(a.fen)).slice(0, 2)
  if (!first || most.length === 0) return '与上月一样，没有变化'
  return `主因${most.map(({ title }) => title).join('和')}`
}
