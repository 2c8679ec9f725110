import type { Outcome } from './bank-file.schema.ts'
import type { InstructionStatus } from './funds.schema.ts'

export interface Move {
  status: InstructionStatus
  /** The answer contradicts an earlier one and nothing is changed: a person asks the bank. */
  isQuestion: boolean
}

/**
 * What an answer makes of an instruction. `hasOtherLive`: the line has been re-issued and that order is in flight, unknown
 * or paid. Money that left twice is `late_paid`, never hidden; what the bank no longer knows is not paid again.
 */
export function moveOf(status: InstructionStatus, outcome: Outcome, hasOtherLive: boolean): Move {
  const to = (next: InstructionStatus): Move => ({ status: next, isQuestion: false })
  const question: Move = { status, isQuestion: true }
  switch (status) {
    case 'in_flight':
      return to(outcome)
    case 'unknown':
      return to(outcome)
    case 'paid':
    case 'late_paid':
      if (outcome === 'unknown') return question
      return outcome === 'returned' ? to('returned') : to(status)
    case 'returned':
      if (outcome === 'paid') return to(hasOtherLive ? 'late_paid' : 'paid')
      if (outcome === 'unknown') return hasOtherLive ? question : to('unknown')
      return to('returned')
    case 'cancelled':
      return question
  }
}

const CASH_OUT: ReadonlySet<InstructionStatus> = new Set(['in_flight', 'paid', 'unknown', 'late_paid'])

/** −1: the money came back; +1: it went out after all; 0: no difference to what is payable. */
export function cashChange(from: InstructionStatus, to: InstructionStatus): -1 | 0 | 1 {
  const [was, is] = [CASH_OUT.has(from), CASH_OUT.has(to)]
  return was === is ? 0 : is ? 1 : -1
}
