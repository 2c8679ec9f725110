/** A small county for the oracle's own tests. Standards as published for Lianzhou in 2020 (rulebook §1.1, §1.2). */
import type {
  OracleDetermination,
  OracleHistory,
  OracleRate,
  OracleRateValue,
  SubsistenceContent,
} from './types.ts'

export const COUNTY = '441882'

/** A rate row in force from 2020-01 and known from the beginning, unless told otherwise. */
export function rate(
  key: string,
  when: Record<string, string>,
  value: OracleRateValue,
  other: Partial<OracleRate> = {},
): OracleRate {
  const dot = key.lastIndexOf('.')
  return {
    id: `${key} ${JSON.stringify(when)} ${other.area ?? COUNTY} ${other.from ?? ''} ${other.recordedAt ?? 0}`,
    area: COUNTY,
    program: key.slice(0, dot),
    item: key.slice(dot + 1),
    when,
    value,
    per: 'person_month',
    from: '2020-01',
    to: null,
    recordedAt: 0,
    ...other,
  }
}

export const standardRates: OracleRate[] = [
  rate('subsistence_allowance.standard', { residence: 'urban' }, { fen: 80700 }),
  rate('subsistence_allowance.standard', { residence: 'rural' }, { fen: 58000 }),
]

/** Three people in the countryside or the town, without income, all covered. */
export function household(change: Partial<SubsistenceContent> = {}): SubsistenceContent {
  return {
    residence: 'urban',
    members: ['p1', 'p2', 'p3'],
    covered: ['p1', 'p2', 'p3'],
    unit: 'household',
    income: [],
    deductions: [],
    method: { kind: 'differential' },
    supplements: [],
    ...change,
  }
}

/** An open-ended grant for `award` from 2020-01, recorded at 1, unless told otherwise. */
export function granted(
  content: SubsistenceContent,
  other: {
    id?: string
    awardId?: string
    from?: string
    to?: string | null
    recordedAt?: number
    undoneAt?: number
  } = {},
): OracleDetermination {
  return {
    id: 'd1',
    awardId: 'award',
    program: 'subsistence_allowance',
    from: '2020-01',
    to: null,
    outcome: 'grant',
    kind: 'initial',
    recordedAt: 1,
    ...other,
    content,
  }
}

/** A history with one low-income award whose ledger opens in 2020-01. */
export function historyOf(change: Partial<OracleHistory> = {}): OracleHistory {
  return {
    awards: [{ id: 'award', program: 'subsistence_allowance', area: COUNTY, opensMonth: '2020-01' }],
    determinations: [granted(household())],
    rates: standardRates,
    settings: [],
    facts: [],
    ...change,
  }
}
