import type {
  Assessed,
  AutomaticFacts,
  EligibilityQuestion,
  ExplainedLine,
  RatesOf,
} from '../../engines/benefits/index.ts'
import { percentOf } from '../../engines/benefits/index.ts'
import { ageOn, firstDay, lastDay, type Month } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { formatYuan, roundFen, type Fen, type Rounding } from '../../platform/money.ts'
import type { SubsistenceContent, SupplementCategory } from './content.schema.ts'

const PROGRAM = 'subsistence_allowance'

/** Household income that counts, in fen a month: what is not disregarded, less rigid deductions, never below zero. */
export function countableIncomeFen(content: Pick<SubsistenceContent, 'income' | 'deductions'>): Fen {
  const income = content.income.reduce(
    (sum, each) => (each.disregard === undefined ? sum + each.fen : sum),
    0,
  )
  const deductions = content.deductions.reduce((sum, each) => sum + each.fen, 0)
  return Math.max(0, income - deductions)
}

/** Strictly less than the standard per head (社会救助暂行办法 第9条); compared without division. */
export function isBelowStandard(countableFen: Fen, members: number, standardFen: Fen): boolean {
  return countableFen < standardFen * members
}

/**
 * 最低生活保障审核确认办法 第23条: (standard − per-head countable income) × covered persons, or a local tier; plus targeted
 * supplements (第27条) as percents of the standard.
 */
export function assessSubsistenceAllowance(
  content: SubsistenceContent,
  facts: AutomaticFacts,
  rates: RatesOf,
  month: Month,
): Assessed {
  const standard = rates.amount(PROGRAM, 'standard', { residence: content.residence }, month)
  const countable = countableIncomeFen(content)
  // Written out and not spread: this runs a million times in a run.
  const { residence: category, payee } = content
  const members = content.members.length
  const covered = content.covered.length
  if (content.method.kind === 'differential' && !isBelowStandard(countable, members, standard.fen)) {
    const inputs = { standard: standard.fen, income: countable, members, covered }
    const zeroBecause = 'income_not_below_standard'
    return { category, payee, fen: 0, shares: [], rates: [standard], inputs, zeroBecause }
  }
  const main = mainPart(content, { rates, month, standardFen: standard.fen, countable })
  const shares = evenShares(main.fen, content.covered)
  const used = main.rate ? [standard, main.rate] : [standard]
  let supplementFen = 0
  for (const { personId, category: supplement } of supplementsOf(content, { facts, rates, month })) {
    const rate = rates.rate(
      PROGRAM,
      'supplement',
      { residence: content.residence, category: supplement },
      month,
    )
    const fen = rate.percent === undefined ? rate.fen : percentOf(standard.fen, rate.percent)
    supplementFen += fen
    const share = shares.find(([id]) => id === personId)
    if (share) share[1] += fen
    if (!used.some((each) => each.id === rate.id)) used.push(rate)
  }
  const inputs = {
    standard: standard.fen,
    income: countable,
    members,
    covered,
    supplement: supplementFen,
    tier: main.tier,
  }
  return { category, payee, fen: main.fen + supplementFen, shares, rates: used, inputs }
}

interface MainPart {
  rates: RatesOf
  month: Month
  standardFen: Fen
  countable: Fen
}

function mainPart(content: SubsistenceContent, { rates, month, standardFen, countable }: MainPart) {
  const covered = content.covered.length
  if (content.method.kind === 'tier') {
    const rate = rates.amount(
      PROGRAM,
      'tier',
      { residence: content.residence, category: content.method.tier },
      month,
    )
    return { fen: rate.fen * covered, rate, tier: content.method.tier }
  }
  const members = content.members.length
  const rounding = rates.setting(PROGRAM, 'rounding', firstDay(month)) === 'up_yuan' ? 'up_yuan' : 'fen'
  return {
    fen: roundOnce((standardFen * members - countable) * covered, members, rounding),
    rate: undefined,
    tier: null,
  }
}

function roundOnce(numerator: number, denominator: number, rounding: Rounding): Fen {
  const isExact = rounding === 'fen' && numerator % denominator === 0
  return isExact ? numerator / denominator : roundFen(numerator, denominator, rounding)
}

/** Equal parts to the fen; what is left over goes to the first ones in the list. */
export function evenShares(fen: Fen, persons: readonly string[]): [string, Fen][] {
  const whole = Math.floor(fen / persons.length)
  const left = fen - whole * persons.length
  return persons.map((personId, index) => [personId, whole + (index < left ? 1 : 0)])
}

interface Supplement {
  personId: string
  category: SupplementCategory
}

/** Decided supplements, and those by age where the county switched ages on (setting `supplement_by_age`); each category once. */
function supplementsOf(
  content: SubsistenceContent,
  { facts, rates, month }: { facts: AutomaticFacts; rates: RatesOf; month: Month },
): Supplement[] {
  const byAge = rates.setting(PROGRAM, 'supplement_by_age', firstDay(month)) as
    { elderlyFrom?: number; minorUnder?: number } | undefined
  if (byAge === undefined && content.supplements.length === 0) return []
  const found = new Map<string, Supplement>()
  const add = (each: Supplement) => found.set(`${each.personId} ${each.category}`, each)
  content.supplements.forEach(add)
  for (const personId of byAge ? content.covered : []) {
    const bornOn = facts.bornOn(personId)
    if (bornOn === undefined) continue
    if (byAge?.elderlyFrom !== undefined && ageOn(bornOn, lastDay(month)) >= byAge.elderlyFrom)
      add({ personId, category: 'elderly' })
    if (byAge?.minorUnder !== undefined && ageOn(bornOn, firstDay(month)) < byAge.minorUnder)
      add({ personId, category: 'minor' })
  }
  return [...found.values()].filter((each) => content.covered.includes(each.personId))
}

/** During 渐退期 the new earnings are listed as disregarded (通知 2022-10-20): what is left must still be below the standard. */
export function requireSubsistenceEligible(
  content: SubsistenceContent,
  { rates, from }: EligibilityQuestion,
): void {
  if (content.method.kind === 'tier') return
  const standard = rates.amount(PROGRAM, 'standard', { residence: content.residence }, from)
  const countable = countableIncomeFen(content)
  if (isBelowStandard(countable, content.members.length, standard.fen)) return
  const wayOut = content.gradualExit
    ? '渐退期内请把就业新增收入列为不计入收入的项目。'
    : '如有支出型困难，可核对低保边缘家庭或刚性支出困难家庭。'
  throw conflict(
    'social_assistance.income_not_below_standard',
    `家庭人均收入不低于当地低保标准（${formatYuan(standard.fen)} 元/人月），不符合条件。${wayOut}`,
    { standardFen: standard.fen, countableFen: countable, members: content.members.length },
  )
}

/**
 * 低保边缘家庭 by income: per head not below the standard and strictly below 1.5 times it (最低生活保障审核确认办法 第8条). Whether the
 * property is within the local rule is another question.
 */
export function isNearSubsistence({
  countableFen,
  members,
  standardFen,
}: {
  countableFen: Fen
  members: number
  standardFen: Fen
}): boolean {
  return !isBelowStandard(countableFen, members, standardFen) && countableFen * 2 < standardFen * members * 3
}

export function explainSubsistenceAllowance({
  forMonth,
  fen,
  dueFen,
  wasFen,
  rates,
  inputs,
}: ExplainedLine): string {
  const amount = (value: number | string | null | undefined) => formatYuan(Number(value ?? 0))
  const before = wasFen === 0 ? '' : `，原已核 ${amount(wasFen)} 元，本次 ${amount(fen)} 元`
  if (rates.length === 0) return `${forMonth} 低保金：不再享受，应发 ${amount(dueFen)} 元${before}。`
  const perHead = amount(Math.round(Number(inputs.income) / Number(inputs.members)))
  const basis = `依据：${[...new Set(rates.map((rate) => rate.basis))].join('；')}。`
  if (dueFen === 0)
    return `${forMonth} 低保金：人均收入 ${perHead} 元不低于标准 ${amount(inputs.standard)} 元，应发 0.00 元${before}。${basis}`
  const how =
    inputs.tier === null || inputs.tier === undefined
      ? `（标准 ${amount(inputs.standard)} − 人均收入 ${perHead}）× ${inputs.covered} 人`
      : `${inputs.tier} 档 × ${inputs.covered} 人`
  const extra = Number(inputs.supplement ?? 0) > 0 ? `，分类施保增发 ${amount(inputs.supplement)} 元` : ''
  return `${forMonth} 低保金：${how}${extra}，应发 ${amount(dueFen)} 元${before}。${basis}`
}
