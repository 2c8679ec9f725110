import type { AidMonth, PlantData } from './data.ts'

// Columns as in data/lianzhou-2020.json: residence, members, top-up, rise, first, last, why, poor, dip, fall, month, size, why.
/** Every turn that a household's year can take; the comment says which. */
const SUBSISTENCE_CASES = [
  '1 1 580 0 0 12', // no income at all: only the standard moves
  '0 4 620 40 0 12', // an urban family
  '1 1 349 18 0 2 1', // 2: dies in February
  '1 3 473 29 0 12', // 3: its payment comes back
  '1 3 300 39 0 5 2', // 4: a job in May
  '1 4 220 55 0 12 0 1 2 130 5 3 1', // 5: a member dies, then a loss of earnings
  '1 2 234 37 0 12 0 1 0 0 3 3 3', // 6: a birth before the re-verification, which has two spans
  '1 1 335 63 0 3 4', // 7: becomes destitute in April
  '1 4 479 62 0 12 0 0 1 91', // 8: a loss of earnings July–September
  '1 2 310 7 0 12 0 1', // 9: its number is entered again elsewhere
  '1 1 410 20 0 0 1', // ended before January: never paid here
  '1 2 390 15 0 0 3',
  '1 1 402 22 0 1 1', // dies in January: arrears for January after the end
  '1 3 315 44 0 1 2',
  '1 2 288 31 0 2 3', // moves in February: arrears for both months after the end
  '1 3 266 18 0 12 0 1 0 0 1 2 1', // changes of size before, between and in the months of arrears
  '1 2 301 12 0 12 0 0 0 0 2 3 3',
  '1 3 222 27 0 12 0 0 0 0 2 2 2',
  '1 3 250 20 0 12 0 0 0 0 3 2 2',
  '1 2 333 9 0 2 5 0 0 0 2 1 2', // changes and ends within the months of arrears
  '1 2 350 30 1 12', // new in January
  '1 1 360 25 1 1 1', // one month only, and it has arrears
  '1 2 340 33 2 2 3', // one month only: February
  '1 2 299 14 1 12 0 0 0 0 2 3 3',
  '1 2 345 0 3 12', // new in March: no re-verification
  '1 4 277 0 5 5 2', // one month only: May
  '0 1 505 0 11 12', // new in November
  '1 2 318 26 0 10 5', // withdraws
  '1 1 444 17 0 7 1', // dies in July: the death is first entered on a namesake
  '0 1 400 30 0 0 4', // becomes destitute in January
  '1 1 377 0 4 8 4', // on the roll from April, destitute from September
  '1 3 255 11 0 12 0 1 2 140 6 4 3', // a birth, then a loss of earnings August–October
  '1 2 290 16 0 12 0 0 0 0 11 3 3', // a birth in the last month
  '1 1 97 0 0 12', // the smallest top-up: 1 yuan before the raise
  '0 7 807 0 0 12', // the largest household, without income
  '1 2 312 24 2 4 2 0 0 0 3 3 3', // new in February, larger in March, over the standard in May
  '1 5 206 40 0 9 3 1', // leaves the county in September
  '0 2 590 55 0 6 5', // urban, withdraws
  '1 6 188 60 7 12', // new in July
  '1 5 301 0 8 12 0 0 0 0 10 6 3', // new in August, larger in October
] as const

/** Households to which nothing happens. */
const QUIET = Array.from({ length: 84 }, (_, index) => {
  const size = index % 4 === 3 ? 2 + (index % 3) : 1
  return `1 ${String(size)} ${String(180 + ((index * 37) % 390))} ${String((index * 7) % 10)} 0 12 0 ${String(index % 3 === 0 ? 1 : 0)}`
})

export const SMALL_SUBSISTENCE: readonly string[] = [...SUBSISTENCE_CASES, ...QUIET]

// Columns: residence, place, grade, first, last, why, poor, from the allowance, month of admission, month of a grade, grade.
const DESTITUTE_CASES = [
  '1 0 0 0 12',
  '1 0 0 4 12 0 0 1', // 1: from the allowance in April
  '0 0 0 1 12 0 0 1', // from the allowance in January
  '1 0 0 9 12 0 0 1', // from the allowance in September
  '1 0 0 0 12 0 1 0 4', // 4: moves into the home in April
  '1 0 0 0 12 0 0 0 0 9 2', // 5: worse after a fall
  '0 1 2 0 12', // in the welfare home of the county all year
  '1 1 1 0 12',
  '1 0 0 0 12 0 0 0 6 6 2', // admitted and re-graded in one month
  '1 0 1 0 12 0 0 0 8 5 2', // re-graded, then admitted
  '1 0 0 0 12 0 0 0 3 10 1', // admitted, then re-graded
  '1 0 2 0 0 1', // dies before January
  '1 0 0 0 1 1', // dies in January: arrears after the end
  '1 1 2 0 2 1',
  '1 0 0 0 4 2', // income
  '1 0 1 0 6 3', // moves away
  '1 0 0 0 8 5', // withdraws
  '1 0 0 0 9 6', // a supporter is found
  '1 0 2 0 10 1 0 0 2 0', // admitted in February, dies in October
  '1 0 0 1 12',
  '1 0 2 2 12',
  '1 0 1 3 12',
  '1 0 0 6 6 1', // one month only
  '1 1 0 7 12',
  '1 0 0 11 12',
] as const

export const SMALL_DESTITUTE: readonly string[] = [
  ...DESTITUTE_CASES,
  ...Array.from(
    { length: 35 },
    (_, index) => `1 ${String(index % 9 === 0 ? 1 : 0)} ${String(index % 7 === 0 ? 2 : 0)} 0 12 0 1`,
  ),
]

/** Two or three a month; 1 500 is decided by the town, 1 600 by the county, 3 000 of March is the stranded family. */
export const SMALL_AID: readonly AidMonth[] = [
  aid('01', [[600, 1]], [[1500, 1]]),
  aid('02', [[900, 1]], [[1600, 1]]),
  aid(
    '03',
    [[1500, 1]],
    [
      [800, 1],
      [3000, 1],
    ],
  ),
  aid('04', [[1500, 1]], [[700, 2]]),
  aid('05', [[2400, 1]], [[1000, 1]]),
  aid('06', [[300, 2]], [[1200, 1]]),
  aid('07', [[800, 1]], [[1600, 1]]),
  aid('08', [[500, 1]], [[1300, 1]]),
  aid('09', [[3000, 1]], [[1800, 1]]),
  aid('10', [[400, 1]], [[1100, 1]]),
  aid('11', [[1400, 1]], [[1500, 1]]),
]

function aid(month: string, registeredPoor: AidMonth['other'], other: AidMonth['other']): AidMonth {
  return { month: `2020-${month}`, registeredPoor, other }
}

export const SMALL_PLANTS: readonly PlantData[] = [
  { id: 'late-death', table: 'subsistence', row: 2 },
  { id: 'bank-return', table: 'subsistence', row: 3 },
  { id: 'ineligible', table: 'subsistence', row: 4 },
  { id: 'member-died', table: 'subsistence', row: 5 },
  { id: 'member-joined', table: 'subsistence', row: 6 },
  { id: 'dibao-to-destitute', table: 'subsistence', row: 7, withRow: 1 },
  { id: 'dip', table: 'subsistence', row: 8 },
  { id: 'institution-admission', table: 'destitute', row: 4 },
  { id: 'grade-change', table: 'destitute', row: 5 },
  { id: 'hubei-family' },
  { id: 'duplicate-id', table: 'subsistence', row: 9 },
  { id: 'wrong-death' },
  { id: 'boundary' },
  { id: 'near-relative' },
  { id: 'rare-names', names: ['盘㛃', '邓䶮', '黄𬭎', '房𠮷生', '欧阳犇', '阿依努尔·买买提'] },
]
