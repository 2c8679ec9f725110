import { addDays, monthOf, type PlainDate } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import type { Law, RecordedRate, RecordedSetting } from './policy.db.ts'
import type { PolicyDraft } from './policy.rules.ts'
import type { ProgramBook } from './programs.rules.ts'
import { isMissingRate, type RatesOf } from './rates.rules.ts'
import { lawTitle, rateText, settingText, unitOf, whenOf } from './standard.rules.ts'
import type { DatedValue, DraftItem, Standard } from './standard.schema.ts'

export interface Shown {
  programs: ProgramBook
  /** Everything that is known now. */
  rates: RatesOf
  today: PlainDate
  /** Of accounts. */
  names: ReadonlyMap<string, string>
}

type Recorded = RecordedRate | RecordedSetting

/** One entry for each item of each area, with its dated values. */
export function standardsShown(
  { rates, settings }: { rates: readonly RecordedRate[]; settings: readonly RecordedSetting[] },
  shown: Shown,
): Standard[] {
  const items: readonly Recorded[][] = [
    ...groupBy(rates, ({ program, item, whenKey, area }) => `${program}|${item}|${whenKey}|${area}`).values(),
    ...groupBy(settings, ({ program, key, area }) => `${program}|${key}|${area}`).values(),
  ]
  const standards = items.map((rows) => standardOf(rows, shown))
  const own = groupBy(
    standards.filter(({ now }) => now !== null),
    keyOf,
  )
  return standards.map((standard) => {
    const isMoreSpecific = ({ area }: Standard) => levelOf(area) > levelOf(standard.area)
    return { ...standard, isOverridden: (own.get(keyOf(standard)) ?? []).some(isMoreSpecific) }
  })
}

function keyOf({ kind, program, item, when }: Standard): string {
  return `${kind}|${program}|${item}|${JSON.stringify(when)}`
}

const LEVELS = ['nation', 'province', 'city', 'county'] as const

function levelOf(area: string): number {
  return area === '00' ? 0 : area.length / 2
}

function standardOf(rows: readonly Recorded[], shown: Shown): Standard {
  const [first] = rows
  if (!first) throw new Error('an item has at least one dated value')
  const { programs } = shown
  const { program, area } = first
  const level = LEVELS[levelOf(area)] ?? 'county'
  const today = rows.find((row) => row.supersededAt === null && isInForce(row, shown.today))
  const what = 'key' in first ? { item: first.key } : { item: first.item, whenKey: first.whenKey }
  return {
    ...{ kind: 'key' in first ? 'setting' : 'rate', area, areaLevel: level, program, item: what.item },
    programTitle: programs.get(program)?.title ?? program,
    when: whenOf(what.whenKey ?? ''),
    title: lawTitle(programs, { program, ...what }),
    unit: 'key' in first ? '' : unitOf(first),
    now: today
      ? { text: textOf(programs, today), fen: fenNow(today, shown), from: today.fromDay, basis: today.basis }
      : null,
    isOverridden: false,
    history: rows.map((row) => datedValue(row, shown)),
  }
}

function isInForce({ fromDay, toDay }: Recorded, day: PlainDate): boolean {
  return fromDay <= day && (toDay === null || day < toDay)
}

function textOf(programs: ProgramBook, row: Recorded): string {
  return 'key' in row ? settingText(programs, row) : rateText(programs, row)
}

/** A factor worked out for its own dimensions; a yearly amount stays one. */
function fenNow(row: Recorded, { rates, today }: Shown): number | null {
  if ('key' in row || row.percent !== null) return null
  if (row.fen !== null) return row.fen
  try {
    return rates.findRate(row.program, row.item, whenOf(row.whenKey), monthOf(today))?.fen ?? null
  } catch (error) {
    if (!isMissingRate(error)) throw error
    return null
  }
}

function datedValue(row: Recorded, { programs, names }: Shown): DatedValue {
  const { id, fromDay, toDay, basis, recordedAt, madeBy, madeAt, publishedBy, supersededAt } = row
  return {
    ...{ id, from: fromDay, to: toDay === null ? null : addDays(toDay, -1) },
    text: textOf(programs, row),
    fen: 'key' in row ? null : row.fen,
    ...{ basis, recordedAt, supersededAt, proposedAt: madeAt, proposedBy: names.get(madeBy) ?? null },
    publishedBy: publishedBy === null ? null : (names.get(publishedBy) ?? null),
  }
}

/** What a draft changes, beside what would hold in its place. */
export function draftItems(draft: PolicyDraft, law: Law, programs: ProgramBook): DraftItem[] {
  const { area } = draft
  const rates = draft.rates.map((rate): DraftItem => {
    const { program, item, whenKey, basis } = rate
    const month = monthOf(rate.from)
    const now = law.rates.find(
      (row) =>
        row.area === area &&
        row.program === program &&
        row.item === item &&
        row.whenKey === whenKey &&
        row.fromMonth <= month &&
        (row.toMonth === null || month < row.toMonth),
    )
    return {
      ...{ program, title: lawTitle(programs, rate), unit: unitOf(rate), ...lastDayOf(rate), basis },
      nowText: now ? rateText(programs, now) : null,
      newText: rateText(programs, rate),
    }
  })
  const settings = draft.settings.map((setting): DraftItem => {
    const { program, key, basis } = setting
    const now = law.settings.find(
      (row) =>
        row.area === area && row.program === program && row.key === key && isInForceOn(row, setting.from),
    )
    return {
      ...{
        program,
        title: lawTitle(programs, { program, item: key }),
        unit: '',
        ...lastDayOf(setting),
        basis,
      },
      nowText: now ? settingText(programs, now) : null,
      newText: settingText(programs, setting),
    }
  })
  return [...rates, ...settings]
}

function isInForceOn({ fromDay, toDay }: Law['settings'][number], day: PlainDate): boolean {
  return fromDay <= day && (toDay === null || day < toDay)
}

function lastDayOf({ from, to }: { from: PlainDate; to: PlainDate | null }) {
  return { from, to: to === null ? null : addDays(to, -1) }
}
