import {
  rateBook,
  whenKeyOf,
  type RateRow,
  type RatesOf,
  type SettingRow,
} from '../server/engines/benefits/index.ts'
import { yuanToFen } from '../server/platform/money.ts'

interface Dated {
  area?: string
  from?: string
  to?: string | null
  basis?: string
  recordedAt?: string
}

type Value =
  | { yuan: string; per?: RateRow['per'] }
  | { percent: string }
  | { factor: string; of: string; round?: 'fen' | 'up_yuan' }

export const FIXTURE_COUNTY = '441882'

/** A row of law for a table test: `rate('subsistence_allowance.standard', { residence: 'urban' }, { yuan: '807.00' })`. */
export function rate(key: string, when: Record<string, string>, value: Value, dated: Dated = {}): RateRow {
  const [program = '', item = ''] = key.split('.')
  const whenKey = whenKeyOf(when)
  const {
    area = FIXTURE_COUNTY,
    from = '2019-01',
    to = null,
    basis = '测〔2020〕1号',
    recordedAt = '2019-12-01T00:00:00.000000Z',
  } = dated
  const id = `${key}|${whenKey}|${area}|${from}|${recordedAt}`
  return {
    ...{ id, rootId: id, area, program, item, whenKey, fromMonth: from, toMonth: to, basis, recordedAt },
    fen: 'yuan' in value ? yuanToFen(value.yuan) : null,
    percent: 'percent' in value ? value.percent : null,
    factor: 'factor' in value ? value.factor : null,
    factorOf: 'factor' in value ? value.of : null,
    rounding: 'factor' in value ? (value.round ?? 'fen') : null,
    per: 'yuan' in value ? (value.per ?? 'person_month') : 'person_month',
  }
}

export function setting(key: string, value: unknown, dated: Dated = {}): SettingRow {
  const [program = '', name = ''] = key.split('.')
  const {
    area = FIXTURE_COUNTY,
    from = '2019-01-01',
    to = null,
    basis = '测〔2020〕1号',
    recordedAt = '2019-12-01T00:00:00.000000Z',
  } = dated
  return {
    id: `${key}|${area}|${from}|${recordedAt}`,
    area,
    program,
    key: name,
    value,
    fromDay: from,
    toDay: to,
    basis,
    recordedAt,
  }
}

/** The law of one fixture county. */
export function book(rates: readonly RateRow[], settings: readonly SettingRow[] = []): RatesOf {
  return rateBook(FIXTURE_COUNTY, rates, settings)
}

/** Nobody's birth date is known. */
export const noFacts = { bornOn: () => undefined }
