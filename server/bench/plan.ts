import { addMonths, type Instant, type Month } from '../platform/dates.ts'
import { correctedFor, decidedFor, type Calendar } from './calendar.ts'
import { idMaker, type Dice } from './dice.ts'

export interface Place {
  town: string
  village: string
}

export interface PlannedChange {
  kind: 'change' | 'retroactive'
  from: Month
  recordedAt: Instant
  content: object
}

/** One award with all that is ever decided on it. */
export interface PlannedAward extends Place {
  id: string
  program: string
  holderKind: 'household' | 'person'
  holderId: string
  covered: string[]
  exclusiveKey: string
  content: object
  from: Month
  recordedAt: Instant
  /** First month without it; `isPlanned` when the first decision already said so. */
  end: { from: Month; isPlanned: boolean } | undefined
  change: PlannedChange | undefined
}

export interface PlanOptions {
  /** Covered people in the first month that the engine computes. */
  people: number
  county: string
  calendar: Calendar
  dice: Dice
}

/** Share of what is on file that comes and goes in a month, and that is corrected backwards (performance.md §6). */
const MONTHLY_ENTRY = 0.015
const MONTHLY_EXIT = 0.015
const MONTHLY_CORRECTION = 0.03
const MONTHLY_CHANGE = 0.01

const TOWNS = 15
const VILLAGES = 12

/** People by what brings them on file: 低保, 特困, disability alone, old age alone. */
const UNITS = ['subsistence', 'destitute', 'disabled', 'old'] as const
const PEOPLE_SHARE = [47.8, 5.6, 9, 37.6]
const HOUSEHOLD_SIZE = [54.5, 23.5, 12.5, 6, 2.3, 0.8, 0.4]
const MEAN_SIZE = 1.82
const UNIT_WEIGHT = PEOPLE_SHARE.map((share, index) => (index === 0 ? share / MEAN_SIZE : share))

/** Awards in the order in which they were opened; half of those who left went by a planned end. */
export function* plannedAwards(options: PlanOptions): Generator<PlannedAward> {
  const { people, calendar } = options
  const makeId = idMaker(options.dice)
  for (const { month, active, left } of cohorts(people, calendar)) {
    const recordedAt = decidedFor(month)
    const cohort = { ...options, month, recordedAt, makeId: () => makeId(Date.parse(recordedAt)) }
    yield* peopleOf(cohort, { count: active, hasLeft: false })
    yield* peopleOf(cohort, { count: left, hasLeft: true })
  }
}

/** How many people enter with each month: all but the newcomers of the history with the first, and who of them has left since. */
function cohorts(
  people: number,
  { opens, history, ahead }: Calendar,
): { month: Month; active: number; left: number }[] {
  const entering = Math.round(people * MONTHLY_ENTRY)
  const [, ...later] = history
  const start = ahead[0] ?? opens
  const first = {
    month: opens,
    active: people - entering * (later.length + 1),
    left: Math.round(people * MONTHLY_EXIT * later.length),
  }
  if (history.length === 0) first.active = people
  const entries = [...later, start].map((month) => ({ month, active: entering, left: 0 }))
  const after = ahead.slice(1).map((month) => ({ month, active: entering, left: 0 }))
  return history.length === 0 ? [first, ...after] : [first, ...entries, ...after]
}

interface Cohort extends PlanOptions {
  month: Month
  recordedAt: Instant
  makeId: () => string
}

function* peopleOf(
  cohort: Cohort,
  { count, hasLeft }: { count: number; hasLeft: boolean },
): Generator<PlannedAward> {
  for (let made = 0; made < count;) {
    const unit = UNITS[cohort.dice.weighted(UNIT_WEIGHT)] ?? 'old'
    const size = unit === 'subsistence' ? Math.min(count - made, 1 + cohort.dice.weighted(HOUSEHOLD_SIZE)) : 1
    const persons = Array.from({ length: size }, cohort.makeId)
    const place = placeOf(cohort)
    for (const draft of draftsOf(unit, persons, cohort))
      yield withLife(cohort, { ...draft, ...place }, hasLeft)
    made += size
  }
}

/** Towns and villages by Zipf: the first has twice the people of the second. */
function placeOf({ county, dice }: PlanOptions): Place {
  const zipf = (n: number) => Math.min(n, Math.floor((n + 1) ** dice.next()))
  const town = townCode(county, zipf(TOWNS))
  return { town, village: villageCode(town, zipf(VILLAGES)) }
}

function townCode(county: string, rank: number): string {
  return `${county}${String(99 + rank).padStart(3, '0')}`
}

function villageCode(town: string, rank: number): string {
  return `${town}${String(199 + rank).padStart(3, '0')}`
}

const TOWN_NAMES = '连阳 九陂 西岸 保安 大路 星子 龙坪 丰阳 东陂 瑶安 三水 麻步 潭岭 朝天 清江'.split(' ')
/** Villages of different towns share names, as they do. */
const VILLAGE_NAMES =
  '四联 东和 新塘 大坪 石马 上庄 下庄 白石 黄村 新村 南坑 龙口 水口 元潭 马占 沙坪 高山 联一 冲口 新民'.split(
    ' ',
  )

/** The towns and villages that `placeOf` gives. */
export function plannedAreas(county: string) {
  const ranks = (n: number) => Array.from({ length: n }, (_, index) => index + 1)
  return ranks(TOWNS).flatMap((town) => {
    const code = townCode(county, town)
    const villages = ranks(VILLAGES).map((village) => ({
      code: villageCode(code, village),
      name: `${VILLAGE_NAMES[(town * 7 + village) % VILLAGE_NAMES.length]}村`,
      level: 'village',
      parent: code,
    }))
    return [{ code, name: `${TOWN_NAMES[town - 1]}镇`, level: 'township', parent: county }, ...villages]
  })
}

type Draft = Pick<
  PlannedAward,
  'program' | 'holderKind' | 'holderId' | 'covered' | 'exclusiveKey' | 'content'
> & { changed: object }

function draftsOf(unit: (typeof UNITS)[number], persons: string[], cohort: Cohort): Draft[] {
  const { dice } = cohort
  const [head = ''] = persons
  const living = () =>
    fixed('disability_living_subsidy', head, dice.isBelow(0.6) ? ['severe', 'other'] : ['other', 'severe'])
  const nursing = () =>
    fixed('disability_nursing_subsidy', head, dice.isBelow(0.4) ? ['first', 'second'] : ['second', 'first'])
  if (unit === 'old') return [oldAge(head, dice)]
  if (unit === 'destitute') return destitute(head, dice)
  if (unit === 'disabled') {
    const both = [...(dice.isBelow(0.75) ? [living()] : []), ...(dice.isBelow(0.85) ? [nursing()] : [])]
    return both.length > 0 ? both : [living()]
  }
  // Cards and ages are drawn per person, so that a household may hold several subsidies beside its allowance.
  const extra = persons.flatMap((personId) => [
    ...(dice.isBelow(0.17) ? [fixed('disability_living_subsidy', personId, ['severe', 'other'])] : []),
    ...(dice.isBelow(0.175) ? [fixed('disability_nursing_subsidy', personId, ['second', 'first'])] : []),
    ...(dice.isBelow(0.05) ? [oldAge(personId, dice)] : []),
  ])
  return [household(persons, cohort), ...extra]
}

function payeeOf(id: string) {
  return { kind: 'person', id }
}

function fixed(program: string, personId: string, [category, other]: readonly [string, string]): Draft {
  const content = { personId, category, payee: payeeOf(personId) }
  const changed = { ...content, category: other }
  return {
    program,
    holderKind: 'person',
    holderId: personId,
    covered: [personId],
    exclusiveKey: program,
    content,
    changed,
  }
}

function oldAge(personId: string, dice: Dice): Draft {
  const age = dice.weighted([88.5, 11.3, 0.2])
  return fixed(
    'old_age_allowance',
    personId,
    age === 0 ? ['80', '90'] : age === 1 ? ['90', '80'] : ['100', '90'],
  )
}

const SELF_CARE = ['full', 'partial', 'none']

function destitute(personId: string, dice: Dice): Draft[] {
  const residence = dice.isBelow(0.08) ? 'urban' : 'rural'
  const support = dice.isBelow(0.8) ? 'home' : 'institution'
  const index = dice.weighted([86.2, 2.5, 11.3])
  const selfCare = SELF_CARE[index]
  const common = { support, selfCare, personId, payee: payeeOf(personId) }
  const holder = { holderKind: 'person' as const, holderId: personId, covered: [personId] }
  const other = residence === 'urban' ? 'rural' : 'urban'
  const base = { residence, ...common }
  const care = { program: 'extreme_poverty_care', exclusiveKey: 'extreme_poverty_care', content: common }
  return [
    {
      ...holder,
      program: 'extreme_poverty_support',
      exclusiveKey: 'basic_living',
      content: base,
      changed: { ...base, residence: other },
    },
    { ...holder, ...care, changed: { ...common, selfCare: SELF_CARE[(index + 1) % 3] } },
  ]
}

/** A 低保 household: income of an exponential kind below the standard, a supplement for every fourth person. */
function household(persons: string[], { dice, makeId }: Cohort): Draft {
  const isUrban = dice.isBelow(0.163)
  const mostFen = (isUrban ? 76_000 : 54_000) * persons.length
  const income = () => Math.min(mostFen, Math.round(-Math.log(1 - dice.next()) * 180) * 100 * persons.length)
  const content = {
    residence: isUrban ? 'urban' : 'rural',
    members: persons,
    covered: persons,
    unit: 'household',
    income: dice.isBelow(0.3) ? [] : [{ kind: dice.isBelow(0.5) ? 'wage' : 'business', fen: income() }],
    deductions: dice.isBelow(0.1) ? [{ kind: 'illness', fen: 10_000 }] : [],
    method: { kind: 'differential' },
    supplements: persons
      .filter(() => dice.isBelow(0.25))
      .map((personId) => ({ personId, category: supplementOf(dice) })),
    payee: payeeOf(persons[0] ?? ''),
  }
  const changed = { ...content, income: [{ kind: 'transfer', fen: income() }] }
  return {
    program: 'subsistence_allowance',
    holderKind: 'household',
    holderId: makeId(),
    covered: persons,
    exclusiveKey: 'basic_living',
    content,
    changed,
  }
}

function supplementOf(dice: Dice): string {
  return (
    ['elderly', 'minor', 'severe_disability', 'severe_illness'][dice.weighted([40, 25, 25, 10])] ?? 'elderly'
  )
}

/** When it began and whether something happens to it: an end in the past, or an end or a correction in a month to be computed. */
function withLife(cohort: Cohort, { changed, ...award }: Draft & Place, hasLeft: boolean): PlannedAward {
  const { dice, calendar, month, recordedAt, makeId } = cohort
  const planned = { ...award, id: makeId(), from: month, recordedAt, end: undefined, change: undefined }
  if (hasLeft)
    return {
      ...planned,
      end: {
        from: calendar.history[1 + dice.below(calendar.history.length - 1)] ?? month,
        isPlanned: dice.isBelow(0.5),
      },
    }
  const fates = calendar.ahead.flatMap(() => [MONTHLY_EXIT, MONTHLY_CORRECTION, MONTHLY_CHANGE])
  const fate = dice.weighted([1 - fates.reduce((sum, share) => sum + share, 0), ...fates]) - 1
  const at = fate < 0 ? undefined : calendar.ahead[Math.floor(fate / 3)]
  if (at === undefined || addMonths(at, -1) <= month) return planned
  if (fate % 3 === 0) return { ...planned, end: { from: at, isPlanned: dice.isBelow(0.5) } }
  const change: PlannedChange =
    fate % 3 === 1
      ? { kind: 'retroactive', from: addMonths(at, -1), recordedAt: correctedFor(at), content: changed }
      : { kind: 'change', from: at, recordedAt: decidedFor(at), content: changed }
  return { ...planned, change }
}
