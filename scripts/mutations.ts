/** Planted errors that the tests must find: each replaces one text that occurs exactly once in its file. */

export interface Mutation {
  name: string
  file: string
  search: string
  replacement: string
  /** Files or folders whose tests must find it. */
  tests: readonly string[]
}

const DOMAIN = 'server/domains/social-assistance'
const SUBSISTENCE = `${DOMAIN}/subsistence-allowance.rules.ts`
const DESTITUTE = `${DOMAIN}/extreme-poverty.rules.ts`
const BENEFITS = 'server/engines/benefits'
const FUNDS = 'server/engines/funds'

type Change = Omit<Mutation, 'tests'> & Partial<Pick<Mutation, 'tests'>>

/** What a month is worth. */
const assess: readonly Change[] = [
  {
    name: 'income equal to the standard is eligible',
    file: SUBSISTENCE,
    search: 'countableFen < standardFen * members\n}',
    replacement: 'countableFen <= standardFen * members\n}',
  },
  {
    name: 'everybody in the household is paid for, not only who is covered',
    file: SUBSISTENCE,
    search: '(standardFen * members - countable) * covered, members, rounding',
    replacement: '(standardFen * members - countable) * members, members, rounding',
  },
  {
    name: 'a supplement is a percent of what the household gets, not of the standard',
    file: SUBSISTENCE,
    search: 'percentOf(standard.fen, rate.percent)',
    replacement: 'percentOf(main.fen, rate.percent)',
  },
  {
    name: 'rounding up to the yuan where the county rounds to the fen',
    file: SUBSISTENCE,
    search: `=== 'up_yuan' ? 'up_yuan' : 'fen'`,
    replacement: `=== 'up_yuan' ? 'fen' : 'up_yuan'`,
  },
  {
    name: 'a tier is paid for every member',
    file: SUBSISTENCE,
    search: 'rate.fen * covered, rate',
    replacement: 'rate.fen * content.members.length, rate',
  },
  {
    name: 'deductions are added to the income',
    file: SUBSISTENCE,
    search: 'Math.max(0, income - deductions)',
    replacement: 'Math.max(0, income + deductions)',
  },
  {
    name: 'elderly a month late: from the day after the birthday',
    file: SUBSISTENCE,
    search: '>= byAge.elderlyFrom',
    replacement: '> byAge.elderlyFrom',
  },
  {
    name: 'still a minor after the birthday',
    file: SUBSISTENCE,
    search: '< byAge.minorUnder',
    replacement: '<= byAge.minorUnder',
  },
  {
    name: 'three failed acts of self-care are none, not partial',
    file: DESTITUTE,
    search: `failedActs <= 3 ? 'partial'`,
    replacement: `failedActs < 3 ? 'partial'`,
  },
  {
    name: 'care is paid as if there were no self-care at all',
    file: DESTITUTE,
    search: `'care', { selfCare, support }, month`,
    replacement: `'care', { selfCare: 'none', support }, month`,
  },
]

/** What the two ledgers make of it. */
const ledgers: readonly Change[] = [
  {
    name: 'a row superseded after the cut is not known at the cut',
    file: `${BENEFITS}/reading.db.ts`,
    search: '(${alias}.superseded_at is null or ${alias}.superseded_at > ${literal(cut)})',
    replacement: '(${alias}.superseded_at is null)',
  },
  {
    name: 'lines of cancelled runs are payable',
    file: `${FUNDS}/payable.db.ts`,
    search: `r.no = l.run_no and r.status = 'published'
          where`,
    replacement: `r.no = l.run_no and r.status in ('published', 'cancelled')
          where`,
  },
  {
    name: 'line numbers leave one out',
    file: `${BENEFITS}/run.rules.ts`,
    search: 'seq: (balance?.seq ?? 0) + 1',
    replacement: 'seq: balance ? balance.seq + 2 : 1',
  },
  {
    name: 'a decision that covers an older one does not touch its months',
    file: `${BENEFITS}/timeline.rules.ts`,
    search: 'to: open(to), isChange: true })',
    replacement: 'to: open(to), isChange: before === undefined })',
  },
  {
    name: 'what was decided since does not keep last month from being carried on',
    file: `${BENEFITS}/run-chunk.jobs.ts`,
    search: 'new Set([...touched.keys(), ...changing])',
    replacement: 'new Set(changing)',
  },
  {
    name: 'a decision that ends with last month is carried on',
    file: `${BENEFITS}/run-carry.db.ts`,
    search: 'not s.valid @> ${both} or',
    replacement: 'false or',
    tests: [`${BENEFITS}/run-carry.test.ts`],
  },
  {
    name: 'the next run starts from a cancelled one',
    file: `${BENEFITS}/run.db.ts`,
    search: `and status = 'published' order by no desc limit 1`,
    replacement: `and status in ('published', 'cancelled') order by no desc limit 1`,
  },
  {
    name: 'a receipt adds to the debt',
    file: `${FUNDS}/payable.db.ts`,
    search: 'select r.fen from funds.receipt r',
    replacement: 'select -r.fen from funds.receipt r',
  },
  {
    name: 'an unknown payment did not go out',
    file: `${FUNDS}/payable.db.ts`,
    search: `('in_flight', 'paid', 'unknown', 'late_paid')`,
    replacement: `('in_flight', 'paid', 'late_paid')`,
  },
  {
    name: 'late success is not cash out',
    file: `${FUNDS}/result.rules.ts`,
    search: `new Set(['in_flight', 'paid', 'unknown', 'late_paid'])`,
    replacement: `new Set(['in_flight', 'paid', 'unknown'])`,
  },
  {
    name: 'a hold begins a month late',
    file: `${FUNDS}/hold.db.ts`,
    search: 'month >= fromMonth &&',
    replacement: 'month > fromMonth &&',
  },
  {
    name: 'a returned payment keeps its line from being issued again',
    file: 'server/migrations/0004_funds_create_cash.sql',
    search: `where status in ('in_flight', 'paid', 'unknown');`,
    replacement: `where status in ('in_flight', 'paid', 'unknown', 'returned');`,
  },
]

export const MUTATIONS: readonly Mutation[] = [
  ...assess.map((change) => ({ tests: [DOMAIN], ...change })),
  ...ledgers.map((change) => ({ tests: ['test/ledger'], ...change })),
]

/** The text with the error planted. Throws where the search text does not occur exactly once: the list must follow the code. */
export function planted({ name, file, search, replacement }: Mutation, text: string): string {
  const places = text.split(search).length - 1
  if (places === 1) return text.replace(search, () => replacement)
  throw new Error(`'${name}': its text occurs ${places} times in ${file}, it must be exactly once`)
}
