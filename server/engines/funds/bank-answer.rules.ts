import { sumFen } from '../../platform/money.ts'
import { stopAt, textFileBytes, writeRecords, type WrittenRecord } from './bank-file.rules.ts'
import type { Layout, Outcome } from './bank-file.schema.ts'

/** The bank's side of a layout: writes the answer file, for the demonstration's stand-in bank and for tests. */

/** What the stand-in bank, and tests, answer for one instruction. */
export interface BankAnswer {
  ref: string
  payeeName: string
  account: string
  amountFen: number
  outcome: Outcome
  /** Must map to `outcome` in the layout; the first such code when absent. */
  reasonCode?: string
  reason?: string
}

/** The answer file a bank would send for these answers, so that `parseResultFile` reads it back. */
export function renderResultFile(layout: Layout, answers: readonly BankAnswer[]): Uint8Array {
  if (layout.kind === 'xlsx')
    throw new Error(`layout '${layout.key}' is a workbook: use renderResultWorkbook`)
  return textFileBytes(layout, planResult(layout, answers))
}

export function planResult(layout: Layout, answers: readonly BankAnswer[]): WrittenRecord[] {
  const details = answers.map((answer, index) => ({
    ref: answer.ref,
    seq: index + 1,
    payeeName: answer.payeeName,
    account: answer.account,
    amountFen: answer.amountFen,
    outcome: codeFor(layout, answer),
    reason: answer.reason ?? '',
  }))
  const { records, problems } = writeRecords(layout, layout.result, { head: totalsOf(answers), details })
  stopAt(problems)
  return records
}

function codeFor(layout: Layout, { outcome, reasonCode }: BankAnswer): string {
  const { outcomes } = layout.result
  const meant = (code: string) => outcomes[code] ?? outcomes['*']
  const listed = Object.keys(outcomes).find((code) => code !== '*' && outcomes[code] === outcome)
  const width = layout.result.detail.find((column) => column.field === 'outcome')?.width ?? 4
  const code = reasonCode ?? listed ?? '9'.repeat(Math.min(width, 4))
  if (meant(code) !== outcome)
    throw new Error(`layout '${layout.key}': code '${code}' does not mean '${outcome}'`)
  return code
}

/** Control totals of answers by outcome; an amount the bank left out counts as 0. */
export function totalsOf(
  lines: readonly { outcome: Outcome; amountFen: number | null }[],
): Record<string, number> {
  const only = (outcome: Outcome) => lines.filter((line) => line.outcome === outcome)
  const fen = (some: typeof lines) => sumFen(some.map((line) => line.amountFen ?? 0))
  return {
    count: lines.length,
    totalFen: fen(lines),
    paidCount: only('paid').length,
    paidFen: fen(only('paid')),
    returnedCount: only('returned').length,
    returnedFen: fen(only('returned')),
    unknownCount: only('unknown').length,
    unknownFen: fen(only('unknown')),
  }
}
