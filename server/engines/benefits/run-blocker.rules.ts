import type { Fen } from '../../platform/money.ts'
import type { Cause } from './line.rules.ts'
import type { FindingKind } from './run-input.rules.ts'
import type { FindingRow } from './run.db.ts'

const TITLES: Readonly<Record<FindingKind, string>> = {
  undecided_recovery: '未经认定的追回',
  opening_difference: '与旧系统末次发放不同且未说明',
  rate_missing: '缺少标准',
  stopped: '停发',
  continuity: '无故中断',
  too_many_corrections: '更正过多',
}

export function titleOf(kind: FindingKind): string {
  return TITLES[kind]
}

const AGAIN = '然后退回这次核算，重新开始'

/** The way out: what to do, where, and what follows. */
const REMEDIES: Readonly<Record<FindingKind, string>> = {
  undecided_recovery: `应追回的钱没有人认定。确应追回的，在该户“认定”中作追溯认定并写明条款；由标准、参数、办法或登记事实更正引起的，在“更正”中由一人提出、另一人决定。${AGAIN}。`,
  opening_difference:
    '本月应发与旧系统末次发放不同。核实后在“待处理事项”中写明原因，写明后不必重算；确有错误的，先改正认定，再退回这次核算重新开始。',
  rate_missing: `这个月份没有适用的标准。请在“标准”中录入并由另一人发布，${AGAIN}。`,
  stopped: '停发已有事由，不必处理。',
  continuity: `上月发放、本月没有，又没有停发认定、到期或自动事由。请逐户核实：应停的作停发认定；不应停的改正认定或标准，${AGAIN}。`,
  too_many_corrections:
    '本次追回的笔数异常多。请逐笔看“追回”名单，确认属实后由负责人写明理由；不属实的退回这次核算，查明后重新开始。',
}

export function remedyOf(kind: FindingKind): string {
  return REMEDIES[kind]
}

/** What it is about in money, where the finding says; negative = to be recovered. */
export function amountOf({ kind, detail }: Pick<FindingRow, 'kind' | 'detail'>): Fen | null {
  if (kind === 'undecided_recovery') return Number(detail['fen'])
  if (kind === 'opening_difference') return Number(detail['dueFen']) - Number(detail['lastPaidFen'])
  return null
}

export interface CorrectionSubject {
  kind: 'rate' | 'setting' | 'formula' | 'fact'
  subject: string
}

/** What two people would have to decide so that the recovery may be written. */
export function correctionsFor({ kind, detail }: Pick<FindingRow, 'kind' | 'detail'>): CorrectionSubject[] {
  if (kind !== 'undecided_recovery') return []
  const causes = (detail['causes'] ?? []) as Cause[]
  return causes.flatMap(([cause, subject]) =>
    cause === 'determination' || cause === 'undone' ? [] : [{ kind: cause, subject }],
  )
}
