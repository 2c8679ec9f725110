import type { Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import type { Fen } from '../../platform/money.ts'
import type { AwardInPage, Grant } from './preview.db.ts'
import type { BackPay, ChangeKind, Kinds, Tally } from './preview.schema.ts'
import type { Assessed, AutomaticFacts, Program } from './programs.rules.ts'
import { isMissingRate, type RatesOf } from './rates.rules.ts'

/** What is asked of every award of a programme. */
export interface PreviewQuestion {
  program: Program
  /** The month compared. */
  month: Month
  /** Months settled already. */
  arrearsMonths: readonly Month[]
  rates: RatesOf
  newRates: RatesOf
  /** Whether a decision comes to the same in this month as in the one before, by the old law and by the new. */
  isSame: (month: Month) => boolean
}

export interface Effect {
  award: AwardInPage
  program: Program
  month: Month
  /** Undefined where nothing is due in the month compared, before or after. */
  kind: ChangeKind | undefined
  people: readonly string[]
  now: Assessed | undefined
  then: Assessed | undefined
  /** New less now, of the month compared. */
  fen: Fen
  arrears: { fen: Fen; lines: number }
  recoveries: { fen: Fen; lines: number }
}

/** What new standards do to one award; undefined where they cannot matter to it. */
export function effectOf(
  award: AwardInPage,
  grants: readonly Grant[],
  { facts, ...question }: PreviewQuestion & { facts: AutomaticFacts },
): Effect | undefined {
  const { program, month } = question
  const asked = { ...question, facts }
  const grant = month < award.opensMonth ? undefined : grantIn(grants, month)
  const pair = grant ? pairOf(grant.content, month, asked) : undefined
  const kind = pair && kindOf(pair)
  const back = backPay(award, grants, asked)
  if (kind === undefined && back.arrears.lines + back.recoveries.lines === 0) return undefined
  const covering = grant ?? grants.at(-1)
  const fen = pair?.now && pair.then ? pair.then.fen - pair.now.fen : 0
  return {
    ...{ award, program, month, kind, fen, now: pair?.now, then: pair?.then },
    ...back,
    people: covering ? program.covered(covering.content) : [],
  }
}

interface Pair {
  /** Undefined: a standard is missing. */
  now: Assessed | undefined
  then: Assessed | undefined
}

type Asked = PreviewQuestion & { facts: AutomaticFacts }

function pairOf(content: unknown, month: Month, { program, facts, rates, newRates }: Asked): Pair {
  const assess = program.formulas[program.version]
  if (!assess) throw new Error(`formula ${program.key}@${program.version} is gone`)
  const by = (law: RatesOf) => {
    try {
      return assess(content, facts, law, month)
    } catch (error) {
      if (!isMissingRate(error)) throw error
      return undefined
    }
  }
  return { now: by(rates), then: by(newRates) }
}

function kindOf({ now, then }: Pair): ChangeKind | undefined {
  if (!now || !then) return 'unknown'
  if (now.fen === then.fen) return now.fen === 0 ? undefined : 'unchanged'
  if (now.fen === 0) return 'entering'
  if (then.fen === 0) return 'leaving'
  return then.fen > now.fen ? 'gained' : 'lost'
}

function grantIn(grants: readonly Grant[], month: Month): Grant | undefined {
  return grants.find(({ fromMonth, toMonth }) => fromMonth <= month && (toMonth === null || month < toMonth))
}

function backPay(
  award: AwardInPage,
  grants: readonly Grant[],
  asked: Asked,
): Pick<Effect, 'arrears' | 'recoveries'> {
  const back = { arrears: { fen: 0, lines: 0 }, recoveries: { fen: 0, lines: 0 } }
  let before: { grant: Grant; fen: Fen } | undefined
  for (const month of asked.arrearsMonths) {
    const grant = month < award.opensMonth ? undefined : grantIn(grants, month)
    if (!grant) continue
    // Settled by the same decision under the same law: the difference is that of the month before.
    const isSame = before?.grant === grant && asked.isSame(month)
    const fen = isSame && before ? before.fen : differenceOf(grant, month, asked)
    before = { grant, fen }
    if (fen === 0) continue
    const part = fen > 0 ? back.arrears : back.recoveries
    part.fen += fen
    part.lines += 1
  }
  return back
}

/** Nothing where a standard is missing: a run writes no line then either. */
function differenceOf(grant: Grant, month: Month, asked: Asked): Fen {
  const { now, then } = pairOf(grant.content, month, asked)
  return now && then ? then.fen - now.fen : 0
}

/** Of a county or a town. */
export interface Totals {
  kinds: Kinds
  monthlyFen: Fen
  arrears: BackPay
  recoveries: BackPay
}

export interface PreviewSum extends Totals {
  towns: Map<string | null, Totals>
  /** By the change of an award's month. */
  changes: Map<Fen, { awards: number; people: number }>
  losers: Effect[]
  samples: Map<string, Effect>
}

const MOST_LOSERS = 50
const MOST_SAMPLES = 20

export function emptySum(): PreviewSum {
  return { ...emptyTotals(), towns: new Map(), changes: new Map(), losers: [], samples: new Map() }
}

function emptyTotals(): Totals {
  const tally = (): Tally => ({ awards: 0, people: 0, fen: 0 })
  const kinds = {
    ...{ gained: tally(), lost: tally(), leaving: tally(), entering: tally(), unchanged: tally() },
    unknown: tally(),
  }
  const back = (): BackPay => ({ ...tally(), lines: 0 })
  return { kinds, monthlyFen: 0, arrears: back(), recoveries: back() }
}

/** Takes no more memory for a million awards than for a thousand. */
export function addEffect(sum: PreviewSum, effect: Effect): void {
  const { town } = effect.award
  const ofTown = sum.towns.get(town) ?? emptyTotals()
  sum.towns.set(town, ofTown)
  for (const totals of [sum, ofTown]) addTotals(totals, effect)
  if (effect.fen !== 0) {
    const same = sum.changes.get(effect.fen) ?? { awards: 0, people: 0 }
    same.awards += 1
    same.people += effect.people.length
    sum.changes.set(effect.fen, same)
  }
  if (effect.kind === 'lost' || effect.kind === 'leaving') keepLoser(sum.losers, effect)
  const alike = `${effect.program.key}|${effect.kind}|${effect.now?.category}|${effect.people.length}|${effect.fen}`
  const isTelling = effect.kind !== undefined && effect.kind !== 'unchanged'
  if (isTelling && sum.samples.size < MOST_SAMPLES && !sum.samples.has(alike)) sum.samples.set(alike, effect)
}

function addTotals(totals: Totals, { kind, people, fen, arrears, recoveries }: Effect): void {
  if (kind !== undefined) addTally(totals.kinds[kind], people.length, fen)
  totals.monthlyFen += fen
  for (const name of ['arrears', 'recoveries'] as const) {
    const part = { arrears, recoveries }[name]
    if (part.lines === 0) continue
    addTally(totals[name], people.length, part.fen)
    totals[name].lines += part.lines
  }
}

function addTally(tally: Tally, people: number, fen: Fen): void {
  tally.awards += 1
  tally.people += people
  tally.fen += fen
}

/** The largest loss first. */
function keepLoser(losers: Effect[], effect: Effect): void {
  const place = losers.findIndex(({ fen }) => fen > effect.fen)
  if (place >= 0) losers.splice(place, 0, effect)
  else if (losers.length < MOST_LOSERS) losers.push(effect)
  if (losers.length > MOST_LOSERS) losers.pop()
}

export interface Bucket {
  from: Fen
  to: Fen
  awards: number
  people: number
}

const FINE = 400

/** Changes in at most `most` stretches: what few have is joined with its neighbour; losses and gains stay apart. */
export function bucketsOf(
  changes: ReadonlyMap<Fen, { awards: number; people: number }>,
  most = 12,
): Bucket[] {
  const each = [...changes]
    .sort(([a], [b]) => a - b)
    .map(([fen, { awards, people }]) => ({ from: fen, to: fen, awards, people }))
  const buckets = each.length > FINE ? coarse(each) : each
  while (buckets.length > most) {
    let place = -1
    let least = Infinity
    for (const [index, bucket] of buckets.entries()) {
      const next = buckets[index + 1]
      if (!next || bucket.from < 0 !== next.from < 0 || bucket.awards + next.awards >= least) continue
      place = index
      least = bucket.awards + next.awards
    }
    const [one, other] = [buckets[place], buckets[place + 1]]
    if (!one || !other) break
    buckets.splice(place, 2, joined([one, other]))
  }
  return buckets
}

/** In steps of equal width, so that joining them stays cheap. */
function coarse(buckets: readonly Bucket[]): Bucket[] {
  const [first, last] = [buckets[0]?.from ?? 0, buckets.at(-1)?.to ?? 0]
  const step = Math.ceil((last - first + 1) / FINE)
  const steps = groupBy(buckets, ({ from }) => `${from < 0} ${Math.floor(from / step)}`)
  return [...steps.values()].map(joined)
}

function joined(buckets: readonly Bucket[]): Bucket {
  const total = (count: (bucket: Bucket) => number) => buckets.reduce((sum, bucket) => sum + count(bucket), 0)
  return {
    from: buckets[0]?.from ?? 0,
    to: buckets.at(-1)?.to ?? 0,
    awards: total(({ awards }) => awards),
    people: total(({ people }) => people),
  }
}

/** How a sum is found, as its line would say it. */
export function sentenceOf(
  { program, month }: Pick<Effect, 'program' | 'month'>,
  assessed: Assessed | undefined,
  basisOf: (rateId: string) => string,
): string | null {
  if (!assessed) return null
  const { fen, shares, category, rates, inputs } = assessed
  return program.explain({
    ...{ forMonth: month, fen, dueFen: fen, wasFen: 0, persons: shares.length, category, inputs },
    rates: rates.map((rate) => ({ ...rate, basis: basisOf(rate.id) })),
  })
}
