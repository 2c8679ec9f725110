import type { Balance } from './run-input.rules.ts'

const TAB = 0x09
const NEWLINE = 0x0a
const MINUS = 0x2d
const ZERO = 0x30

/**
 * Sums over rows `award_id, fen, seq` (and `run_no`, asked for only where some runs do not count) as COPY sends them, in the order of
 * the awards. The awards have to be asked for in that order too: what lies before the one asked for is forgotten. Read from the bytes,
 * because a raise asks for every month of every award: text of each field would cost more than all that is computed from it.
 */
export function balanceCursor(
  bytes: Buffer,
  uncounted: ReadonlySet<string>,
): (awardId: string) => Balance | undefined {
  let at = 0
  // The same award may be asked for again: for its line, and for the comparison with last month.
  let last = ''
  let balance: Balance | undefined

  function take(): void {
    const isNegative = bytes[at] === MINUS
    if (isNegative) at += 1
    const amount = takeNumber()
    const seq = takeNumber()
    const isCounted = uncounted.size === 0 || !uncounted.has(String(takeNumber()))
    balance = withLine(balance, isCounted ? (isNegative ? -amount : amount) : 0, seq)
  }

  /** Up to the tab or the end of the row, and past it. */
  function takeNumber(): number {
    let value = 0
    for (let byte = bytes[at] ?? NEWLINE; byte !== TAB && byte !== NEWLINE; byte = bytes[at] ?? NEWLINE) {
      value = value * 10 + byte - ZERO
      at += 1
    }
    at += 1
    return value
  }

  return (awardId) => {
    if (awardId === last) return balance
    last = awardId
    balance = undefined
    while (at < bytes.length) {
      const order = compareAt(bytes, at, awardId)
      if (order > 0) break
      if (order < 0) at = bytes.indexOf(NEWLINE, at) + 1
      else {
        at += awardId.length + 1
        take()
      }
    }
    return balance
  }
}

/** The text that starts there against another of the same length: negative where it comes before. */
function compareAt(bytes: Buffer, start: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const difference = (bytes[start + index] ?? 0) - text.charCodeAt(index)
    if (difference !== 0) return difference
  }
  return 0
}

export function withLine(balance: Balance | undefined, fen: number, seq: number): Balance {
  return balance ? { fen: balance.fen + fen, seq: Math.max(balance.seq, seq) } : { fen, seq }
}
