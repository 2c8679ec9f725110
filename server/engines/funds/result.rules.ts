import type { Outcome } from './bank-file.schema.ts'
import type { InstructionStatus } from './funds.schema.ts'

export interface Move {
  status: InstructionStatus
  /** The answer contradicts an earlier one and nothing is changed: a person asks the bank. */
  isQuestion: boolean
}

export interface Standing {
  /** The line has been issued again and that order is in flight, unknown or paid. */
  hasOtherLive: boolean
  /** Money of a late payment that bounces can be ordered again, or lowers its claim; false once that claim was settled. */
  isCarried: boolean
}

/**
 * What an answer makes of an instruction. Money that left twice is `late_paid`, never hidden; what the bank no longer knows
 * is not paid again; a second bounce of what has meanwhile been given back or forgiven is for a person to sort out.
 */
export function moveOf(status: InstructionStatus, outcome: Outcome, standing: Standing): Move {
  const { hasOtherLive, isCarried } = standing
  const to = (next: InstructionStatus): Move => ({ status: next, isQuestion: false })
  const question: Move = { status, isQuestion: true }
  switch (status) {
    case 'in_flight':
    case 'unknown':
      return to(outcome)
    case 'paid':
      return outcome === 'unknown' ? question : to(outcome)
    case 'late_paid':
      if (outcome === 'paid') return to('late_paid')
      return outcome === 'returned' && isCarried ? to('returned') : question
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
