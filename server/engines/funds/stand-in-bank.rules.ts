import { renderResultFile, type BankAnswer } from './bank-answer.rules.ts'
import { readAmount } from './bank-cell.rules.ts'
import type { Layout } from './bank-file.schema.ts'
import { readRecords, sourceRows } from './bank-source.rules.ts'

/** A stand-in for the paying bank, for tests and the demonstration: same files in, same files out as the real one. */

/** What the bank knows of an order. */
export interface BankOrder {
  ref: string
  payeeName: string
  account: string
  amountFen: number
}

export interface BankMood {
  /** Reference → the reason given. */
  returned?: ReadonlyMap<string, string>
  unknown?: ReadonlySet<string>
}

/** The orders of one of our own fixed-width or CSV files whose layout carries the reference. */
export function readOrders(layout: Layout, bytes: Uint8Array): BankOrder[] {
  const { records, problems } = readRecords(layout, sourceRows(layout, bytes))
  const column = layout.detail.find(({ field }) => field === 'amountFen')
  if (problems.length > 0 || !column) throw new Error(`not a file of layout '${layout.key}'`)
  return records.details.map(({ values }) => {
    const { ref, payeeName, account, amountFen } = values
    const fen = readAmount(column, amountFen ?? '')
    if (ref === undefined || payeeName === undefined || account === undefined || fen === undefined) {
      throw new Error(`layout '${layout.key}' does not carry the reference`)
    }
    return { ref, payeeName, account, amountFen: fen }
  })
}

/** One answer per order: returned, unknown, or else paid. */
export function answersTo(orders: readonly BankOrder[], mood: BankMood = {}): BankAnswer[] {
  return orders.map((order) => {
    const reason = mood.returned?.get(order.ref)
    if (reason !== undefined) return { ...order, outcome: 'returned', reason }
    return { ...order, outcome: mood.unknown?.has(order.ref) ? 'unknown' : 'paid' }
  })
}

/** The answer file of a fixed-width or CSV layout; for workbooks give `answersTo` to `renderResultWorkbook`. */
export function answerBatch(layout: Layout, orders: readonly BankOrder[], mood: BankMood = {}): Uint8Array {
  return renderResultFile(layout, answersTo(orders, mood))
}
