import { addMonths, firstDay, type Month, type PlainDate } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { divideRounded, parseDecimal, roundFen, type Fen, type Rounding } from '../../platform/money.ts'

/** One dated row of law: an amount in fen, a percent of another item, or a factor on another item. */
export interface RateRow {
  id: string
  area: string
  program: string
  item: string
  whenKey: string
  fen: number | null
  percent: string | null
  factor: string | null
  factorOf: string | null
  rounding: Rounding | null
  /** Months [fromMonth, toMonth); null = open. */
  fromMonth: Month
  toMonth: Month | null
  basis: string
  recordedAt: string
}

export interface SettingRow {
  id: string
  area: string
  program: string
  key: string
  value: unknown
  /** Days [fromDay, toDay); null = open. */
  fromDay: PlainDate
  toDay: PlainDate | null
  basis: string
  recordedAt: string
}

/** A rate as used in a line: enough to print the sentence without looking anything up. */
export interface UsedRate {
  id: string
  item: string
  /** Fen for amounts and factors worked out; percent keeps its text. */
  fen: Fen
  percent?: string
  basis: string
}

export type When = Readonly<Record<string, string>>

/** Canonical text of the dimensions: the same for every order of keys. */
export function whenKeyOf(when: When): string {
  return Object.keys(when)
    .sort()
    .map((key) => `${key}=${when[key]}`)
    .join(';')
}

/** Nation, province, city and county of an area code, the most specific first. */
export function areaChain(county: string): string[] {
  return [county, county.slice(0, 4), county.slice(0, 2), '00']
}

/** What `assess` may ask: dated law as known at one knowledge cut. It never guesses: a missing rate is an error. */
export interface RatesOf {
  rate: (program: string, item: string, when: When, month: Month) => UsedRate
  findRate: (program: string, item: string, when: When, month: Month) => UsedRate | undefined
  setting: (program: string, key: string, on: PlainDate) => unknown
}

/** Builds the book of rates and settings known at a cut. Rows must already be limited to `areaChain(county)`. */
export function rateBook(county: string, rates: readonly RateRow[], settings: readonly SettingRow[]): RatesOf {
  const chain = areaChain(county)
  const byItem = new Map<string, RateRow[]>()
  for (const row of rates) {
    const key = `${row.program}.${row.item}|${row.whenKey}`
    byItem.set(key, [...(byItem.get(key) ?? []), row])
  }
  const found = new Map<string, UsedRate | null>()

  function findRate(program: string, item: string, when: When, month: Month): UsedRate | undefined {
    const whenKey = whenKeyOf(when)
    const key = `${program}.${item}|${whenKey}|${month}`
    const known = found.get(key)
    if (known !== undefined) return known ?? undefined
    const row = mostSpecific(byItem.get(`${program}.${item}|${whenKey}`) ?? [], month)
    const used = row ? resolve(row, when, month) : undefined
    found.set(key, used ?? null)
    return used
  }

  function mostSpecific(rows: readonly RateRow[], month: Month): RateRow | undefined {
    for (const area of chain) {
      const row = rows.find((each) => each.area === area && each.fromMonth <= month && (each.toMonth === null || month < each.toMonth))
      if (row) return row
    }
    return undefined
  }

  function resolve(row: RateRow, when: When, month: Month): UsedRate {
    const base = { id: row.id, item: row.item, basis: row.basis }
    if (row.fen !== null) return { ...base, fen: row.fen }
    if (row.percent !== null) return { ...base, fen: 0, percent: row.percent }
    return { ...base, fen: factorFen(row, when, month) }
  }

  /** A factor on another item, e.g. base = 1.6 × subsistence_allowance.standard, rounded as the row says. */
  function factorFen(row: RateRow, when: When, month: Month): Fen {
    const [program = '', item = ''] = (row.factorOf ?? '').split('.')
    const of = findRate(program, item, when, month) ?? rate(program, item, { residence: when.residence ?? '' }, month)
    const { num, den } = parseDecimal(row.factor ?? '1')
    return roundFen(num * BigInt(of.fen), den, row.rounding ?? 'fen')
  }

  function rate(program: string, item: string, when: When, month: Month): UsedRate {
    const used = findRate(program, item, when, month)
    if (used) return used
    throw invalid(
      'benefits.rate_missing',
      `${month} 没有“${program}.${item}”（${whenKeyOf(when) || '无分类'}）的标准。请先录入该月的标准和依据，再重新核算。`,
      { program, item, when: whenKeyOf(when), month },
    )
  }

  function setting(program: string, key: string, on: PlainDate): unknown {
    for (const area of chain) {
      const row = settings.find(
        (each) =>
          each.area === area && each.program === program && each.key === key && each.fromDay <= on && (each.toDay === null || on < each.toDay),
      )
      if (row) return row.value
    }
    return undefined
  }

  return { rate, findRate, setting }
}

/** Percent of an amount, half up to the fen. */
export function percentOf(fen: Fen, percent: string): Fen {
  const { num, den } = parseDecimal(percent)
  return divideRounded(num * BigInt(fen), den * 100n, 'half_up')
}

/** First day after a month range's end, for daterange literals. */
export function monthRange(from: Month, to: Month | null): string {
  return `[${firstDay(from)},${to === null ? '' : firstDay(to)})`
}

/** Reads '[2020-01-01,2020-04-01)' back as months. */
export function monthsOfRange(range: string): { from: Month; to: Month | null } {
  const match = /^\[(\d{4}-\d{2})-\d{2},(?:(\d{4}-\d{2})-\d{2})?\)$/.exec(range)
  if (!match) throw new Error(`not a range of months: ${range}`)
  return { from: match[1] ?? '', to: match[2] ?? null }
}

export function nextMonth(month: Month): Month {
  return addMonths(month, 1)
}
