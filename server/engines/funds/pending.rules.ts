import { compare, type Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import { monthKey } from './payable.rules.ts'

/** A positive line of a published run that no live instruction settles. */
export interface PendingLine {
  awardId: string
  forMonth: Month
  seq: number
  runNo: number
  fen: Fen
  program: string
  town: string | null
  village: string | null
  payeeKind: 'person' | 'organisation' | null
  payeeId: string | null
  /** The bank sent it back before. */
  wasReturned: boolean
}

/** Where a payee's money goes on the day of the batch. */
export interface PayeeAccount {
  id: string
  holderName: string
  bankCode: string
  numberCipher: string
}

/** `settled` needs no cash: what was due has been kept back, or paid by other lines of the month. */
export type Way = 'pay' | 'held' | 'missing_account' | 'later' | 'settled'

export interface PlannedLine {
  line: PendingLine
  /** What this line may still take of the month's payable, in fen. */
  fen: Fen
  way: Way
  holds: readonly string[]
  account: PayeeAccount | undefined
}

export interface PlanInput {
  lines: readonly PendingLine[]
  /** By `monthKey`. */
  payable: ReadonlyMap<string, Fen>
  holds: ReadonlyMap<string, readonly string[]>
  /** By payee id. */
  accounts: ReadonlyMap<string, PayeeAccount>
  upToMonth?: Month | undefined
}

/**
 * Oldest month first; within a month lines in the order they were written, each min(line, what is left of the payable).
 * A line that cannot be paid now keeps its part: the parts of a month always add up to its payable.
 */
export function planPayments({ lines, payable, holds, accounts, upToMonth }: PlanInput): PlannedLine[] {
  const left = new Map<string, Fen>()
  const ordered = lines.toSorted(
    (a, b) => compare(a.forMonth, b.forMonth) || compare(a.awardId, b.awardId) || a.seq - b.seq,
  )
  return ordered.map((line) => {
    const key = monthKey(line)
    const rest = left.get(key) ?? Math.max(0, payable.get(key) ?? 0)
    const fen = Math.min(line.fen, rest)
    left.set(key, rest - fen)
    const heldBy = holds.get(key) ?? []
    const account = line.payeeId === null ? undefined : accounts.get(line.payeeId)
    const isLater = upToMonth !== undefined && line.forMonth > upToMonth
    return {
      line,
      fen,
      way: wayOf({ fen, isLater, isHeld: heldBy.length > 0, account }),
      holds: heldBy,
      account,
    }
  })
}

function wayOf({
  fen,
  isLater,
  isHeld,
  account,
}: {
  fen: Fen
  isLater: boolean
  isHeld: boolean
  account: PayeeAccount | undefined
}): Way {
  if (fen === 0) return 'settled'
  if (isLater) return 'later'
  if (isHeld) return 'held'
  return account ? 'pay' : 'missing_account'
}

/** Runs of which no line waits any longer; they need not be read again until money of theirs comes back. */
export function fullyInstructed(runs: readonly number[], plan: readonly PlannedLine[]): number[] {
  const waiting = new Set(
    plan.filter(({ way }) => way !== 'pay' && way !== 'settled').map(({ line }) => line.runNo),
  )
  return runs.filter((run) => !waiting.has(run))
}

export interface Heap {
  lines: number
  fen: Fen
}

/** Lines and money of a part of a plan. */
export function heapOf(plan: readonly PlannedLine[]): Heap {
  return { lines: plan.length, fen: plan.reduce((sum, { fen }) => sum + fen, 0) }
}
