/**
 * What an award is worth in one month, read naively from the whole history. Written from the rulebook (§1.1, §1.2,
 * §1.4) and architecture §2.2–2.3; shares no line with the product, so that agreement means something.
 */
import { checkMonth, firstDayOf, lastDayOf } from './calendar.ts'
import type { Month } from './calendar.ts'
import { birthdayOf } from './deadlines.ts'
import { decimal, dividedBy, halfUpFen, isAtLeast, minus, times, upToYuan, whole } from './fraction.ts'
import { findRate, rateFen, settingValue } from './rates.ts'
import { covers, findAward, isKnown } from './types.ts'
import type {
  CareContent,
  Entitlement,
  OracleDetermination,
  OracleHistory,
  Share,
  SubsistenceContent,
  SupplementCategory,
  SupportContent,
  TemporaryContent,
} from './types.ts'

interface Place {
  area: string
  month: Month
  cut: number
}

/** Fen of one award in one month as known at a cut. Throws MissingRateError when a rate is missing. */
export function entitlement(
  history: OracleHistory,
  awardId: string,
  month: Month,
  asKnownAt: number,
): Entitlement {
  checkMonth(month)
  const award = findAward(history, awardId)
  if (month < award.opensMonth) return nothing(`settled before the ledger opens in ${award.opensMonth}`)
  const determination = determinationFor(history, awardId, month, asKnownAt)
  if (determination === undefined) return nothing('no determination covers this month')
  if (determination.outcome === 'end') return nothing(`ended by ${determination.id}`)
  if (determination.content === null) throw new Error(`determination ${determination.id} grants nothing`)
  if (determination.program !== award.program)
    throw new Error(`determination ${determination.id} is of another programme`)
  const place: Place = { area: award.area, month, cut: asKnownAt }
  switch (determination.program) {
    case 'subsistence_allowance':
      return subsistence(history, determination.content, place)
    case 'extreme_poverty_support':
      return support(history, determination.content, place)
    case 'extreme_poverty_care':
      return care(history, determination.content, place)
    case 'temporary_assistance':
      return temporary(determination.content, month === determination.from)
  }
}

/** The determination recorded last among those known that cover the month: undoing one shows what lies beneath. */
export function determinationFor(
  history: OracleHistory,
  awardId: string,
  month: Month,
  asKnownAt: number,
): OracleDetermination | undefined {
  let last: OracleDetermination | undefined
  for (const candidate of history.determinations) {
    if (candidate.awardId !== awardId || !covers(candidate, month) || !isKnown(candidate, asKnownAt)) continue
    if (last === undefined || candidate.recordedAt >= last.recordedAt) last = candidate
  }
  return last
}

/** Rulebook §1.1 (57号 art. 23): (standard − income per head) × covered persons, or a tier; plus supplements. */
function subsistence(history: OracleHistory, content: SubsistenceContent, place: Place): Entitlement {
  const standardFen = subsistenceRate(history, 'standard', { residence: content.residence }, place)
  const heads = content.members.length
  const covered = content.covered.length
  const incomeFen = countableIncome(content)

  let mainFen: number
  let why: string
  if (content.method.kind === 'tier') {
    const dimensions = { residence: content.residence, category: content.method.tier }
    const tierFen = subsistenceRate(history, 'tier', dimensions, place)
    mainFen = tierFen * covered
    why = `tier ${content.method.tier}: ${tierFen} × ${covered} = ${mainFen}`
  } else {
    // Strictly less is required (SJ art. 9): income per head = standard means no allowance and no supplement.
    const perHead = dividedBy(whole(incomeFen), heads)
    if (isAtLeast(perHead, whole(standardFen)))
      return {
        fen: 0,
        shares: evenShares(0, content.covered),
        why: `${incomeFen} ÷ ${heads} ≥ ${standardFen}`,
      }
    const exact = minus(whole(standardFen * covered), dividedBy(whole(incomeFen * covered), heads))
    const rounding = settingValue(history, { program: 'subsistence_allowance', key: 'rounding' }, place)
    mainFen = rounding === 'up_yuan' ? upToYuan(exact) : halfUpFen(exact)
    why = `${standardFen} × ${covered} − ${incomeFen} × ${covered} ÷ ${heads} = ${mainFen}`
  }

  const shares = evenShares(mainFen, content.covered)
  let fen = mainFen
  for (const { personId, category } of supplementsOf(history, content, place)) {
    const extra = supplementFen(history, content, category, place)
    fen = fen + extra
    why = `${why}; ${category} of ${personId} + ${extra}`
    const share = shares.find((candidate) => candidate.personId === personId)
    if (share === undefined) shares.push({ personId, fen: extra })
    else share.fen = share.fen + extra
  }
  return { fen, shares, why }
}

/** Rulebook §1.1 (art. 13): income that counts less the rigid deductions, never below zero. */
export function countableIncome(content: SubsistenceContent): number {
  let fen = 0
  for (const income of content.income) if (income.disregard === undefined) fen = fen + income.fen
  for (const deduction of content.deductions) fen = fen - deduction.fen
  return fen > 0 ? fen : 0
}

/** The listed supplements and those that an age brings by itself; a person gets each category once. */
function supplementsOf(
  history: OracleHistory,
  content: SubsistenceContent,
  place: Place,
): { personId: string; category: SupplementCategory }[] {
  const found: { personId: string; category: SupplementCategory }[] = []
  const add = (personId: string, category: SupplementCategory): void => {
    for (const one of found) if (one.personId === personId && one.category === category) return
    found.push({ personId, category })
  }
  for (const { personId, category } of content.supplements) add(personId, category)

  const byAge = settingValue(history, { program: 'subsistence_allowance', key: 'supplement_by_age' }, place)
  for (const personId of content.covered) {
    const born = birthOf(history, personId, place.cut)
    if (born === null) continue
    const elderlyFrom = numberIn(byAge, 'elderlyFrom')
    if (elderlyFrom !== undefined && birthdayOf(born, elderlyFrom) <= lastDayOf(place.month))
      add(personId, 'elderly')
    const minorUnder = numberIn(byAge, 'minorUnder')
    if (minorUnder !== undefined && firstDayOf(place.month) < birthdayOf(born, minorUnder))
      add(personId, 'minor')
  }
  return found
}

/** Rulebook §1.1 Extra (art. 27): 10 % of 807 = 80.70. Each supplement is rounded for itself. */
function supplementFen(
  history: OracleHistory,
  content: SubsistenceContent,
  category: SupplementCategory,
  place: Place,
): number {
  const dimensions = { residence: content.residence, category }
  const wanted = { program: 'subsistence_allowance', item: 'supplement' }
  const { value } = findRate(history, wanted, { ...place, dimensions })
  if (!('percent' in value)) return rateFen(history, wanted, { ...place, dimensions })
  const standardFen = subsistenceRate(history, 'standard', { residence: content.residence }, place)
  return halfUpFen(dividedBy(times(whole(standardFen), decimal(value.percent)), 100))
}

/** The birth date in the fact recorded last; null when there is none or when it is known to be unknown. */
function birthOf(history: OracleHistory, personId: string, cut: number): string | null {
  let date: string | null = null
  let recordedAt = -Infinity
  for (const fact of history.facts) {
    if (fact.personId !== personId || !isKnown(fact, cut) || fact.recordedAt < recordedAt) continue
    date = fact.date
    recordedAt = fact.recordedAt
  }
  return date
}

/** Rulebook §1.2: the base living standard; 807 × 1.6 = 1 291.2, up to 1 292. */
function support(history: OracleHistory, content: SupportContent, place: Place): Entitlement {
  const dimensions = { residence: content.residence, support: content.support }
  const wanted = { program: 'extreme_poverty_support', item: 'base' }
  return oneRate(rateFen(history, wanted, { ...place, dimensions }), content.personId)
}

/** Rulebook §1.2: the care standard by self-care grade. */
function care(history: OracleHistory, content: CareContent, place: Place): Entitlement {
  const dimensions = { selfCare: content.selfCare, support: content.support }
  const wanted = { program: 'extreme_poverty_care', item: 'care' }
  return oneRate(rateFen(history, wanted, { ...place, dimensions }), content.personId)
}

/** Rulebook §1.4: one amount, once, in the month the determination begins. */
function temporary(content: TemporaryContent, isItsMonth: boolean): Entitlement {
  if (!isItsMonth) return nothing('one-off: paid in its own month')
  whole(content.amountFen)
  return {
    fen: content.amountFen,
    shares: evenShares(content.amountFen, content.persons),
    why: `one-off ${content.amountFen}`,
  }
}

/** Rulebook §1.4: small amounts by the township, the limit included (1 500.00 = township, 1 500.01 = county). */
export function decidingLevel(fen: number, limitFen: number): 'township' | 'county' {
  return fen <= limitFen ? 'township' : 'county'
}

/**
 * An even split to the fen by largest remainder: everybody's remainder is the same, so the ties are broken by the
 * order of the list and the first ones get one fen more.
 */
export function evenShares(fen: number, persons: string[]): Share[] {
  if (persons.length === 0) {
    if (fen !== 0) throw new Error(`${fen} fen and nobody to share them`)
    return []
  }
  const each = Math.floor(fen / persons.length)
  let left = fen - each * persons.length
  const shares: Share[] = []
  for (const personId of persons) {
    shares.push({ personId, fen: left > 0 ? each + 1 : each })
    left = left - 1
  }
  return shares
}

function subsistenceRate(
  history: OracleHistory,
  item: string,
  dimensions: Record<string, string>,
  place: Place,
): number {
  return rateFen(history, { program: 'subsistence_allowance', item }, { ...place, dimensions })
}

function oneRate(fen: number, personId: string): Entitlement {
  return { fen, shares: [{ personId, fen }], why: `rate ${fen}` }
}

function nothing(why: string): Entitlement {
  return { fen: 0, shares: [], why }
}

function numberIn(value: unknown, key: string): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found = (value as Record<string, unknown>)[key]
  return typeof found === 'number' ? found : undefined
}
