import type { Instant } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import type { CorrectionRow } from './correction.db.ts'
import type { RunRow } from './run.db.ts'
import type { SettledIn } from './correction-view.schema.ts'

const KINDS: Readonly<Record<CorrectionRow['kind'], string>> = {
  rate: '标准更正',
  setting: '参数更正',
  formula: '计算办法更正',
  fact: '登记事实更正',
}

export function correctionTitle(kind: CorrectionRow['kind']): string {
  return KINDS[kind]
}

export interface RunOfCorrection {
  run: RunRow
  stage: SettledIn['stage']
}

const WRITES: ReadonlySet<RunRow['status']> = new Set(['computed', 'checked', 'approved', 'published'])

/**
 * Of each group the run that tells about a correction: the first that counts with a cut after the decision has written what it caused.
 * Without one it is the last, if that has not settled the month without it: there the recoveries wait as findings.
 */
export function runsOfCorrection(
  { status, recordedAt }: { status: CorrectionRow['status']; recordedAt: Instant | null },
  runs: readonly RunRow[],
): RunOfCorrection[] {
  const known = runs.filter((run) => run.comparison !== null && run.status !== 'cancelled')
  return [...groupBy(known, ({ programGroup }) => programGroup).values()].flatMap(
    (group): RunOfCorrection[] => {
      const isAfter = ({ cut }: RunRow) => status === 'decided' && recordedAt !== null && cut >= recordedAt
      const written = group.find((run) => isAfter(run) && WRITES.has(run.status))
      if (written) return [{ run: written, stage: written.status === 'published' ? 'settled' : 'written' }]
      const last = group.at(-1)
      return last && last.status !== 'published' && !isAfter(last) ? [{ run: last, stage: 'found' }] : []
    },
  )
}
