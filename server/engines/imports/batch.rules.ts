import type { FieldPlace } from '../../platform/field-crypto.ts'
import { maskIdNumber } from '../../platform/id-number.ts'
import { maskAccount, maskPhone } from '../../platform/masking.ts'
import type { BatchRow } from './batch.db.ts'
import { hideNumbers, type RowFault } from './fault.rules.ts'
import type { Field } from './field.rules.ts'
import type { Checked, Done, ReadRows } from './kind.rules.ts'

/** Where the value of a fault is kept: ciphertext is bound to its row. */
export function faultPlace(rowId: string): FieldPlace {
  return { table: 'imports.fault', column: 'value_cipher', rowId }
}

export interface Findings {
  add: (checked: Checked) => void
  result: () => { rows: BatchRow[]; faults: RowFault[] }
}

/** What the sheet said by itself, and part by part what the register says to it. */
export function findingsOf({ rows, faults, units }: ReadRows<{ row: number }>): Findings {
  const all = [...faults]
  const known = new Map<number, Done>()
  const unitOf = (row: number) => units?.get(row) ?? row
  return {
    add: (checked) => {
      all.push(...checked.faults)
      for (const [row, done] of checked.known) known.set(row, done)
    },
    result: () => {
      const wrong = new Set(all.map(({ row }) => row))
      const wrongUnits = new Set([...wrong].map(unitOf))
      const numbers = [...new Set([...rows.map(({ row }) => row), ...wrong])].sort((a, b) => a - b)
      return {
        faults: all.toSorted((a, b) => a.row - b.row || a.place - b.place),
        rows: numbers.map((rowNo): BatchRow => {
          const unit = unitOf(rowNo)
          const nothing = { rowNo, unit, subjectId: null, why: null }
          if (wrong.has(rowNo)) return { ...nothing, status: 'wrong' }
          const done = known.get(rowNo)
          if (done) return { ...nothing, ...done, status: 'known' }
          return { ...nothing, status: wrongUnits.has(unit) ? 'held' : 'ready' }
        }),
      }
    },
  }
}

/** As a screen may show it: of numbers of people the ends. */
export function shownValue(fields: readonly Field[], column: string, value: string): string {
  const field = fields.find(({ title }) => title === column)
  if (field?.isSecret !== true) return hideNumbers(value)
  if (field.key === 'phone') return maskPhone(value)
  return field.key === 'account' ? maskAccount(value) : maskIdNumber(value)
}
