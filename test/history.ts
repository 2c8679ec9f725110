import fc from 'fast-check'

/** What people may do in a county, as data; made up at random and played by `test/history-player.ts`. */
export type HistoryStep =
  | {
      kind: 'determine'
      award: number
      act: 'change' | 'retroactive' | 'end'
      from: number
      months: number | null
      content: ContentDraft
    }
  | { kind: 'undo'; which: number }
  | { kind: 'law'; area: '441882' | '44'; rates: LawDraft[]; settings: SettingDraft[] }
  | { kind: 'birth'; person: number; on: string }
  | {
      kind: 'run'
      isNext: boolean
      isFull: boolean
      chunkSize: number
      fate: 'publish' | 'reject' | 'cancel'
    }

export interface ContentDraft {
  residence: 'urban' | 'rural'
  members: number
  covered: number
  withGuest: boolean
  incomeFen: number
  tier: boolean
  supplement: 'severe_disability' | 'severe_illness' | null
  selfCare: 'full' | 'partial' | 'none'
  support: 'home' | 'institution'
}

export interface LawDraft {
  item: 'standard' | 'tier' | 'supplement' | 'base' | 'care'
  residences: ('urban' | 'rural')[]
  yuan: number
  byFactor: boolean
  from: number
  months: number | null
}

export interface SettingDraft {
  key: 'rounding' | 'supplement_by_age'
  value: unknown
  from: number
  months: number | null
}

export interface AwardDraft {
  program: 'subsistence_allowance' | 'extreme_poverty_support' | 'extreme_poverty_care'
  /** Months after 2019-12 in which its ledger opens. */
  opens: number
  /** Paid by an old system up to then. */
  lastPaidFen: number | null
  /** What it begins with. */
  content: ContentDraft
}

export interface HistoryDraft {
  awards: AwardDraft[]
  steps: HistoryStep[]
}

const from = fc.constantFrom(0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 8)
const months = fc.constantFrom(null, null, null, 1, 2, 4)
const residence = fc.constantFrom('urban' as const, 'rural' as const)

const content: fc.Arbitrary<ContentDraft> = fc.record({
  residence,
  members: fc.integer({ min: 1, max: 3 }),
  covered: fc.integer({ min: 1, max: 3 }),
  withGuest: fc.constantFrom(false, false, false, true),
  incomeFen: fc.constantFrom(0, 0, 10_000, 33_333, 58_001, 120_000),
  tier: fc.constantFrom(false, false, false, true),
  supplement: fc.constantFrom(null, null, 'severe_disability' as const, 'severe_illness' as const),
  selfCare: fc.constantFrom('full' as const, 'partial' as const, 'none' as const),
  support: fc.constantFrom('home' as const, 'institution' as const),
})

const law: fc.Arbitrary<LawDraft> = fc.record({
  item: fc.constantFrom('standard', 'standard', 'standard', 'standard', 'tier', 'supplement', 'base', 'care'),
  residences: fc.constantFrom(['urban', 'rural'], ['urban', 'rural'], ['urban'], ['rural']),
  yuan: fc.integer({ min: 250, max: 900 }),
  byFactor: fc.boolean(),
  from,
  months,
})

const setting: fc.Arbitrary<SettingDraft> = fc
  .record({
    byAge: fc.constantFrom(true, true, false),
    up: fc.boolean(),
    elderlyFrom: fc.constantFrom(60, 65),
    from,
    months,
  })
  .map(({ byAge, up, elderlyFrom, ...dated }) =>
    byAge
      ? { key: 'supplement_by_age', value: { elderlyFrom, minorUnder: 18 }, ...dated }
      : { key: 'rounding', value: up ? 'up_yuan' : 'fen', ...dated },
  )

const step: fc.Arbitrary<HistoryStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('determine' as const),
      award: fc.nat(5),
      act: fc.constantFrom(
        'change' as const,
        'retroactive' as const,
        'retroactive' as const,
        'retroactive' as const,
        'end' as const,
      ),
      from,
      months,
      content,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('law' as const),
      area: fc.constantFrom('441882', '441882', '441882', '441882', '44'),
      rates: fc.array(law, { minLength: 1, maxLength: 2 }),
      settings: fc.array(setting, { minLength: 0, maxLength: 1, size: 'max' }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('birth' as const),
      person: fc.constantFrom(0, 4, 8, 12),
      on: fc.constantFrom('1950-01-15', '1955-04-30', '1960-02-29', '1960-05-10', '2002-03-01'),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      isNext: fc.constantFrom(true, true, false),
      isFull: fc.constantFrom(false, false, false, true),
      chunkSize: fc.constantFrom(1, 2, 100),
      fate: fc.constantFrom(
        'publish' as const,
        'publish' as const,
        'publish' as const,
        'reject' as const,
        'cancel' as const,
      ),
    }),
  },
)

const award: fc.Arbitrary<AwardDraft> = fc.record({
  program: fc.constantFrom(
    'subsistence_allowance',
    'subsistence_allowance',
    'subsistence_allowance',
    'extreme_poverty_support',
    'extreme_poverty_support',
    'extreme_poverty_care',
  ),
  opens: fc.integer({ min: 1, max: 3 }),
  lastPaidFen: fc.constantFrom(null, null, 48_400),
  content,
})

/** 3–6 awards and some 20 deeds over the first eight months of a year. */
export const histories: fc.Arbitrary<HistoryDraft> = fc.record({
  awards: fc.array(award, { minLength: 3, maxLength: 6 }),
  steps: fc.array(step, { minLength: 12, maxLength: 24, size: 'max' }),
})
