import type { PlainDate } from '../../platform/dates.ts'

/** Days [from, to); null = open. */
interface Stretch {
  from: PlainDate
  to: PlainDate | null
}

export interface Displaced<Agreement> {
  /** Rows that stop being known. */
  closed: Agreement[]
  /** Of these, what still holds: the days before. */
  kept: Agreement[]
  /** Those that never came into force. */
  voided: Agreement[]
}

/**
 * What a new agreement does to the known ones of the same person: those it meets end on its first day. They do not come back when it
 * ends; whoever is then without an agreement is listed as such.
 */
export function displacedBy<Agreement extends Stretch>(
  known: readonly Agreement[],
  { from, to }: Stretch,
): Displaced<Agreement> {
  const met = known.filter((row) => (to === null || row.from < to) && (row.to === null || from < row.to))
  return {
    closed: met,
    kept: met.filter((row) => row.from < from).map((row) => ({ ...row, to: from })),
    voided: met.filter((row) => row.from >= from),
  }
}

/** An ending is a replacement by nothing: what reaches that day or begins later does so no more. */
export function endedOn<Agreement extends Stretch>(
  known: readonly Agreement[],
  on: PlainDate,
): Displaced<Agreement> {
  return displacedBy(known, { from: on, to: null })
}

/** Signed agreements per hundred supported persons, to two decimals, cut and not rounded: 99.99 % is not all. */
export function signedPercent(signed: number, supported: number): string {
  if (supported === 0) return '—'
  return `${Math.trunc((signed * 10_000) / supported) / 100}%`
}
