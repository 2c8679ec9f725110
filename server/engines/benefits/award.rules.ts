import { addMonths, type Month } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import type { ProgramBook } from './programs.rules.ts'

/** Throws `benefits.program_unknown` or `benefits.holder_kind`. */
export function requireHolder(
  programs: ProgramBook,
  award: { program: string; holderKind: 'household' | 'person' },
): void {
  const program = programs.get(award.program)
  if (!program) throw invalid('benefits.program_unknown', `没有“${award.program}”这项待遇，请核对项目代码。`)
  if (program.holder === 'either' || program.holder === award.holderKind) return
  throw invalid(
    'benefits.holder_kind',
    `${program.title}按${program.holder === 'household' ? '户' : '人'}享受，请选择正确的对象。`,
  )
}

/** The ledger goes on where the old system stopped: no month is left out and none is paid by both. Throws `benefits.opening_gap`. */
export function requireOpening(award: {
  holderId: string
  ledgerOpensMonth: Month
  lastPaidMonth: Month
}): void {
  if (award.ledgerOpensMonth === addMonths(award.lastPaidMonth, 1)) return
  throw invalid('benefits.opening_gap', `台账起始月应为末次发放月（${award.lastPaidMonth}）的次月。`, {
    holderId: award.holderId,
  })
}
