import { addMonths, firstDay, type Month, type PlainDate } from '../../platform/dates.ts'
import { invalid, isAppError, type AppError } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { divideRounded, parseDecimal, roundFen, type Fen, type Rounding } from '../../platform/money.ts'

/** What an amount is for. A monthly amount comes of `person_month` and, in twelfths, of `person_year`; the others are asked for as such. */
export type RatePer =
  'person_month' | 'household_month' | 'person_year' | 'person_half_year' | 'bed_month' | 'once' | 'event'

/** One dated row of law: an amount in fen, a percent of another item, or a factor on another item. */
export interface RateRow {
  id: string
  /** Differs from `id` in what is left of a row around a later one: the same law, no news. */
  rootId: string
  area: string
  program: string
  item: string
  whenKey: string
  fen: number | null
  percent: string | null
  factor: string | null
  factorOf: string | null
  rounding: Rounding | null
  per: RatePer
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

/** A rate as used in a line. Its legal basis is on the rate's row, which never changes: a million lines need not repeat it. */
export interface UsedRate {
  id: string
  item: string
  /** Fen a month for amounts and factors worked out; percent keeps its text. */
  fen: Fen
  percent?: string
  /** What a factor was taken of. */
  of?: UsedRate
}

export type When = Readonly<Record<string, string>>

/** Canonical text of the dimensions: the same for every order of keys. */
export function whenKeyOf(when: When): string {
  let text = ''
  for (const key of Object.keys(when).sort()) text += `${text === '' ? '' : ';'}${key}=${when[key]}`
  return text
}

/** Nation, province, city and county of an area code, the most specific first. */
export function areaChain(county: string): string[] {
  return [county, county.slice(0, 4), county.slice(0, 2), '00']
}

/** What `assess` may ask: dated law as known at one knowledge cut. It never guesses: a missing rate is an error. */
export interface RatesOf {
  /** An amount in fen; a percent in its place is refused. */
  amount: (program: string, item: string, when: When, month: Month) => UsedRate
  /** An amount, or a percent whose base the asker knows. */
  rate: (program: string, item: string, when: When, month: Month) => UsedRate
  findRate: (program: string, item: string, when: When, month: Month) => UsedRate | undefined
  setting: (program: string, key: string, on: PlainDate) => unknown
  /** The row that a setting's value stands in. */
  settingRow: (program: string, key: string, on: PlainDate) => SettingRow | undefined
}

/**
 * Builds the book of rates and settings known at a cut. Rows must already be limited to `areaChain(county)`. A row that names fewer
 * dimensions than asked holds for all of the others; the most specific area wins item by item, in one area the row that names more.
 */
export function rateBook(
  county: string,
  rates: readonly RateRow[],
  settings: readonly SettingRow[],
): RatesOf {
  const chain = areaChain(county)
  const byItem = groupBy(rates.map(compiled), ({ row }) => `${row.program}.${row.item}`)
  const found = new Map<string, UsedRate | null>()

  function findRate(program: string, item: string, when: When, month: Month): UsedRate | undefined {
    const key = `${program}.${item}|${whenKeyOf(when)}|${month}`
    const known = found.get(key)
    if (known !== undefined) return known ?? undefined
    const row = strongest(byItem.get(`${program}.${item}`) ?? [], when, month)
    const used = row ? resolve(row, when, month) : undefined
    found.set(key, used ?? null)
    return used
  }

  function strongest(rows: readonly CompiledRow[], when: When, month: Month): RateRow | undefined {
    const fitting = rows.filter(
      ({ row, when: named }) => isInForce(row, month) && named.every(([name, value]) => when[name] === value),
    )
    for (const area of chain) {
      const own = fitting.filter(({ row }) => row.area === area)
      if (own.length > 0) return own.reduce((best, each) => (isStronger(each, best) ? each : best)).row
    }
    return undefined
  }

  function resolve(row: RateRow, when: When, month: Month): UsedRate {
    const base = { id: row.id, item: row.item }
    if (row.fen !== null) return { ...base, fen: monthlyFen(row, month) }
    if (row.percent !== null) return { ...base, fen: 0, percent: row.percent }
    const of = sourceOf(row, when, month)
    const { num, den } = parseDecimal(row.factor ?? '1')
    return { ...base, fen: roundFen(num * BigInt(of.fen), den, row.rounding ?? 'fen'), of }
  }

  const beingResolved = new Set<string>()

  /** A factor on another item, e.g. base = 1.6 × subsistence_allowance.standard, for the same dimensions. */
  function sourceOf(row: RateRow, when: When, month: Month): UsedRate {
    if (beingResolved.has(row.id)) {
      throw invalid(
        'benefits.rate_circular',
        `“${row.program}.${row.item}”的倍数标准互相引用，无法计算。请更正政策文件。`,
        { rate: row.id, month },
      )
    }
    beingResolved.add(row.id)
    try {
      const [program = '', item = ''] = (row.factorOf ?? '').split('.')
      return amount(program, item, when, month)
    } finally {
      beingResolved.delete(row.id)
    }
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

  function amount(program: string, item: string, when: When, month: Month): UsedRate {
    const used = rate(program, item, when, month)
    if (used.percent === undefined) return used
    throw invalid(
      'benefits.rate_is_percent',
      `“${program}.${item}”是百分比，没有说明是什么的百分比，不能作为金额。请在政策文件中改为 yuan 或 factor。`,
      { program, item, month },
    )
  }

  const foundSettings = new Map<string, SettingRow | undefined>()

  function setting(program: string, key: string, on: PlainDate): unknown {
    return settingRow(program, key, on)?.value
  }

  function settingRow(program: string, key: string, on: PlainDate): SettingRow | undefined {
    const asked = `${program}.${key}|${on}`
    if (!foundSettings.has(asked)) foundSettings.set(asked, inForceOn(program, key, on))
    return foundSettings.get(asked)
  }

  function inForceOn(program: string, key: string, on: PlainDate): SettingRow | undefined {
    for (const area of chain) {
      const row = settings.find(
        (each) =>
          each.area === area &&
          each.program === program &&
          each.key === key &&
          each.fromDay <= on &&
          (each.toDay === null || on < each.toDay),
      )
      if (row) return row
    }
    return undefined
  }

  return { amount, rate, findRate, setting, settingRow }
}

export function isMissingRate(error: unknown): error is AppError {
  return isAppError(error) && error.code === 'benefits.rate_missing'
}

interface CompiledRow {
  row: RateRow
  when: [string, string][]
}

function compiled(row: RateRow): CompiledRow {
  const pairs = row.whenKey === '' ? [] : row.whenKey.split(';')
  return {
    row,
    when: pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  }
}

function isInForce(row: RateRow, month: Month): boolean {
  return row.fromMonth <= month && (row.toMonth === null || month < row.toMonth)
}

/** In one area: more dimensions named, then known later. */
function isStronger(a: CompiledRow, b: CompiledRow): boolean {
  if (a.when.length !== b.when.length) return a.when.length > b.when.length
  return a.row.recordedAt > b.row.recordedAt
}

/** A yearly amount is paid in twelfths to the fen, what is left over in December. */
function monthlyFen({ fen, per, program, item }: RateRow, month: Month): Fen {
  const amount = fen ?? 0
  if (per === 'person_month') return amount
  if (per === 'person_year') {
    const twelfth = Math.floor(amount / 12)
    return month.endsWith('-12') ? amount - 11 * twelfth : twelfth
  }
  throw invalid(
    'benefits.rate_per',
    `“${program}.${item}”的标准不是按人按月或按人按年的，不能算出月标准。请更正政策文件中的 per。`,
    { program, item, per, month },
  )
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
