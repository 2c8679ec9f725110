/** Looking up dated rates and settings the slow way: look at every row, keep the best one seen so far. */
import { checkMonth } from './calendar.ts'
import type { Month } from './calendar.ts'
import { decimal, halfUpFen, times, upToYuan, whole } from './fraction.ts'
import { covers, isKnown } from './types.ts'
import type { OracleHistory, OracleRate, OracleSetting } from './types.ts'

/** Where and when a rate is wanted: the county, the month, what is known, and the dimensions of the case. */
export interface RateQuestion {
  area: string
  month: Month
  cut: number
  dimensions: Record<string, string>
}

/** A rate that an award needs does not exist; the message names item and month (architecture §2.9). */
export class MissingRateError extends Error {
  override name = 'MissingRateError'
}

/**
 * The row in force: the most specific area; in one area the row that names more dimensions; among equals the row
 * recorded last.
 */
export function findRate(
  history: OracleHistory,
  wanted: { program: string; item: string },
  question: RateQuestion,
): OracleRate {
  checkMonth(question.month)
  let best: OracleRate | undefined
  for (const rate of history.rates) {
    if (rate.program !== wanted.program || rate.item !== wanted.item) continue
    if (!isKnown(rate, question.cut) || !covers(rate, question.month)) continue
    if (!reaches(rate.area, question.area) || !matches(rate.when, question.dimensions)) continue
    if (best === undefined || isStronger(rate, best)) best = rate
  }
  if (best !== undefined) return best
  throw new MissingRateError(
    `no rate ${wanted.program}.${wanted.item} ${JSON.stringify(question.dimensions)} in ${question.month} for area ${question.area}, known at ${question.cut}`,
  )
}

/** The rate of one person and one month, in whole fen. */
export function rateFen(
  history: OracleHistory,
  wanted: { program: string; item: string },
  question: RateQuestion,
): number {
  return valueOf(history, findRate(history, wanted, question), question, [])
}

function valueOf(
  history: OracleHistory,
  rate: OracleRate,
  question: RateQuestion,
  chain: readonly string[],
): number {
  if (chain.includes(rate.id))
    throw new Error(`rates refer to each other: ${[...chain, rate.id].join(' → ')}`)
  const { value } = rate
  if ('fen' in value) return monthlyFen(rate, value.fen, question.month)
  if ('percent' in value) throw new Error(`rate ${rate.id} is a percentage; of what is not said`)
  // Rulebook §1.2 Ex 1: 807 × 1.6 = 1 291.2, rounded up to 1 292. The base is looked up for the same county and case.
  const dot = value.of.lastIndexOf('.')
  const base = findRate(history, { program: value.of.slice(0, dot), item: value.of.slice(dot + 1) }, question)
  const baseFen = valueOf(history, base, question, [...chain, rate.id])
  const exact = times(whole(baseFen), decimal(value.factor))
  return value.round === 'up_yuan' ? upToYuan(exact) : halfUpFen(exact)
}

/** A yearly rate is paid as twelfths to the fen, what is left over in December (policy format, `per`). */
function monthlyFen(rate: OracleRate, fen: number, month: Month): number {
  whole(fen)
  if (rate.per === 'person_month') return fen
  if (rate.per === 'person_year') {
    const twelfth = Math.floor(fen / 12)
    return month.endsWith('-12') ? fen - 11 * twelfth : twelfth
  }
  throw new Error(
    `rate ${rate.id} is per ${rate.per}; only person_month and person_year make a monthly amount`,
  )
}

/** The value of a setting in force, or undefined. */
export function settingValue(
  history: OracleHistory,
  wanted: { program: string; key: string },
  place: { area: string; month: Month; cut: number },
): unknown {
  checkMonth(place.month)
  let best: OracleSetting | undefined
  for (const setting of history.settings) {
    if (setting.program !== wanted.program || setting.key !== wanted.key) continue
    if (!isKnown(setting, place.cut) || !covers(setting, place.month)) continue
    if (!reaches(setting.area, place.area)) continue
    if (best === undefined || isStronger({ ...setting, when: {} }, { ...best, when: {} })) best = setting
  }
  return best === undefined ? undefined : unquoted(best.value)
}

function unquoted(value: unknown): unknown {
  if (typeof value !== 'string') return value
  return /^[{"[]/.test(value) || value === 'null' ? (JSON.parse(value) as unknown) : value
}

function reaches(area: string, county: string): boolean {
  return area === '00' || county.startsWith(area)
}

function specificity(area: string): number {
  return area === '00' ? 0 : area.length
}

function matches(when: Record<string, string>, dimensions: Record<string, string>): boolean {
  for (const [name, value] of Object.entries(when)) if (dimensions[name] !== value) return false
  return true
}

interface Ranked {
  area: string
  when: Record<string, string>
  recordedAt: number
}

function isStronger(a: Ranked, b: Ranked): boolean {
  if (specificity(a.area) !== specificity(b.area)) return specificity(a.area) > specificity(b.area)
  const dimensions = Object.keys(a.when).length - Object.keys(b.when).length
  if (dimensions !== 0) return dimensions > 0
  return a.recordedAt >= b.recordedAt
}
