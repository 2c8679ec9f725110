import { conflict } from '../../platform/errors.ts'
import { formatYuan, sumFen, type Fen } from '../../platform/money.ts'

export interface BudgetState {
  id: string
  source: string
  program: string
  amountFen: Fen
  reservedFen: Fen
}

export interface BudgetPart {
  budgetId: string
  fen: Fen
}

/** Sources as named by the caller, then the others by name. */
export function inSourceOrder(
  budgets: readonly BudgetState[],
  sources: readonly string[] = [],
): BudgetState[] {
  const rank = (source: string) => (sources.includes(source) ? sources.indexOf(source) : sources.length)
  return budgets.toSorted(
    (a, b) => rank(a.source) - rank(b.source) || (a.source < b.source ? -1 : a.source > b.source ? 1 : 0),
  )
}

/** Spreads an amount of one programme over its sources, each to its end before the next; `shortFen` finds none. */
export function spreadOver(
  budgets: readonly BudgetState[],
  fen: Fen,
): { parts: BudgetPart[]; shortFen: Fen } {
  let rest = fen
  const parts: BudgetPart[] = []
  for (const { id, amountFen, reservedFen } of budgets) {
    const part = Math.min(rest, amountFen - reservedFen)
    if (part > 0) parts.push({ budgetId: id, fen: part })
    rest -= Math.max(0, part)
  }
  return { parts, shortFen: rest }
}

/** Throws `funds.budget_exceeded` naming the last source and what is missing; then nothing is reserved. */
export function reserveOver(
  budgets: readonly BudgetState[],
  { program, fen, fiscalYear }: { program: string; fen: Fen; fiscalYear: number },
): BudgetPart[] {
  const { parts, shortFen: rest } = spreadOver(budgets, fen)
  if (rest === 0) return parts
  const source = budgets.at(-1)?.source ?? null
  const where =
    source === null ? `${fiscalYear} 年没有该项目的资金预算` : `${fiscalYear} 年“${source}”等来源的预算不够`
  throw conflict(
    'funds.budget_exceeded',
    `${where}：需要 ${formatYuan(fen)} 元，还差 ${formatYuan(rest)} 元，本次未执行。请先登记或追加预算。`,
    { program, source, fiscalYear, neededFen: fen, shortFen: rest },
  )
}

/** `limitFen` − `usedFen` − `runFen` = `restFen`. */
export interface SourceUse {
  source: string
  program: string
  limitFen: Fen
  usedFen: Fen
  runFen: Fen
  restFen: Fen
}

/** What an amount of one programme would take from its sources, each to its end before the next, and what none of them covers. */
export function outlookOver(
  budgets: readonly BudgetState[],
  fen: Fen,
): { sources: SourceUse[]; shortFen: Fen } {
  let shortFen = fen
  const sources = budgets.map(({ source, program, amountFen: limitFen, reservedFen: usedFen }) => {
    const free = limitFen - usedFen
    const runFen = Math.max(0, Math.min(shortFen, free))
    shortFen -= runFen
    return { source, program, limitFen, usedFen, runFen, restFen: free - runFen }
  })
  return { sources, shortFen }
}

/** What a batch still has from one budget. */
export interface Reserved {
  budgetId: string
  fen: Fen
}

/** Gives back what a batch took, the source drawn on last first. `reserved` stands in the order it was drawn. */
export function releaseFrom(reserved: readonly Reserved[], fen: Fen): BudgetPart[] {
  if (fen > sumFen(reserved.map((each) => each.fen))) throw new Error('more released than was reserved')
  let rest = fen
  return reserved.toReversed().flatMap(({ budgetId, fen: had }) => {
    const part = Math.min(rest, had)
    rest -= part
    return part > 0 ? [{ budgetId, fen: part }] : []
  })
}
