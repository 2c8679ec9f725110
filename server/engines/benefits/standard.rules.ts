import { addMonths, firstDay, monthOf, type Month, type PlainDate } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { fenToYuan, formatYuan } from '../../platform/money.ts'
import type { Law } from './policy.db.ts'
import type { PolicyDraft } from './policy.rules.ts'
import type { PolicyFile } from './policy.schema.ts'
import type { ProgramBook } from './programs.rules.ts'
import type { RatePer, RateRow, SettingRow } from './rates.rules.ts'
import type { StandardsDraft } from './standard.schema.ts'

/** Of dimensions that mean the same in every programme. */
const WHEN_TITLES: Readonly<Record<string, string>> = {
  'residence=urban': '城镇',
  'residence=rural': '农村',
  'support=home': '分散供养',
  'support=institution': '集中供养',
  'selfCare=full': '全自理',
  'selfCare=partial': '半护理',
  'selfCare=none': '全护理',
  'careLevel=light': '轻度',
  'careLevel=medium': '中度',
  'careLevel=heavy': '重度',
  'lowIncome=true': '低收入',
  'lowIncome=false': '不限收入',
  'placement=institutional_care': '机构养育',
  'placement=kin_care': '亲属抚养',
}

const UNITS: Readonly<Record<RatePer, string>> = {
  person_month: '元/人·月',
  household_month: '元/户·月',
  person_year: '元/人·年',
  person_half_year: '元/人·半年',
  bed_month: '元/床·月',
  once: '元/次',
  event: '元/次',
}

export function whenOf(whenKey: string): Record<string, string> {
  const pairs = whenKey === '' ? [] : whenKey.split(';')
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}

/** What a rate or setting is called, e.g. 农村低保标准; a word without a title shows as it was written. */
export function lawTitle(
  programs: ProgramBook,
  { program, item, whenKey = '' }: { program: string; item: string; whenKey?: string },
): string {
  const own = programs.get(program)?.lawTitles ?? {}
  const dimensions = whenKey === '' ? [] : whenKey.split(';')
  const words = dimensions.map((each) => own[each] ?? WHEN_TITLES[each] ?? each.slice(each.indexOf('=') + 1))
  return `${words.join('、')}${own[item] ?? item}`
}

type RateValue = Pick<RateRow, 'fen' | 'percent' | 'factor' | 'factorOf'>

export function unitOf({ percent, fen, per }: Pick<RateRow, 'percent' | 'fen' | 'per'>): string {
  if (percent !== null) return '%'
  return fen === null ? '倍' : UNITS[per]
}

export function rateText(programs: ProgramBook, { fen, percent, factor, factorOf }: RateValue): string {
  if (fen !== null) return formatYuan(fen)
  if (percent !== null) return percent
  const [program = '', item = ''] = (factorOf ?? '').split('.')
  return `${lawTitle(programs, { program, item })}的 ${factor ?? '1'} 倍`
}

/** A value that the programme knows how to say, as it says it. */
export function settingText(
  programs: ProgramBook,
  { program, key, value }: { program: string; key: string; value: unknown },
): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return programs.get(program)?.lawSettings?.[key]?.choices?.[value] ?? value
}

/** A draft as the policy file it stands for: checked, kept and published like one. Throws `benefits.policy_item_unknown`. */
export function draftText(
  programs: ProgramBook,
  draft: StandardsDraft,
  { area, recordedOn }: { area: string; recordedOn: PlainDate },
): string {
  requireKnown(programs, draft)
  const { title, number, issuedOn } = draft.document
  const clauses = [...new Set([...draft.rates, ...draft.settings].map(({ clause = '' }) => clause))]
  const basis = clauses.map((clause, index) => ({
    ...{ id: `b${index + 1}`, title },
    ...(number === undefined ? {} : { number }),
    ...(issuedOn === undefined ? {} : { issuedOn }),
    ...(clause === '' ? {} : { clause }),
  }))
  const basisOf = (clause = '') => `b${clauses.indexOf(clause) + 1}`
  const file: PolicyFile = {
    format: 'minben-policy/1',
    area,
    title: draft.title,
    basis,
    recordedOn,
    rates: draft.rates.map(({ value, clause, program, item, when, per, from, to }) => ({
      ...{ program, item, when, per, from, to, basis: basisOf(clause) },
      ...valueOf(value),
    })),
    settings: draft.settings.map(({ clause, program, key, value, from, to }) => {
      return { program, key, value, from, to, basis: basisOf(clause) }
    }),
    exclusions: [],
  }
  return JSON.stringify(file)
}

function valueOf(value: StandardsDraft['rates'][number]['value']) {
  if (value.kind === 'amount') return { yuan: fenToYuan(value.fen) }
  if (value.kind === 'percent') return { percent: value.percent }
  const { factor, of, round } = value
  return { factor, of, ...(round === undefined ? {} : { round }) }
}

/** A word that no formula asks for would never count. */
function requireKnown(programs: ProgramBook, { rates, settings }: StandardsDraft): void {
  const named = [
    ...rates.map(({ program, item }) => ({ program, item })),
    ...settings.map(({ program, key }) => ({ program, item: key })),
  ]
  if (named.length === 0) throw invalid('benefits.policy_empty', '没有写明要改的标准，未保存。请至少改一项。')
  for (const setting of settings) requireValue(programs, setting)
  for (const { program, item } of named) {
    const known = programs.get(program)
    if (known && (known.lawTitles === undefined || known.lawTitles[item] !== undefined)) continue
    throw invalid(
      'benefits.policy_item_unknown',
      `没有“${known?.title ?? program}”的“${item}”这一项，未保存。请从标准列表中选择要改的项目。`,
      { program, item },
    )
  }
}

const YUAN = /^\d{1,9}(\.\d{1,2})?$/

/** A value that no formula understands would be passed over in silence. */
function requireValue(
  programs: ProgramBook,
  { program, key, value }: StandardsDraft['settings'][number],
): void {
  const known = programs.get(program)
  const form = known?.lawSettings?.[key]
  if (!form) return
  const isFit = {
    yuan: typeof value === 'string' && YUAN.test(value),
    choice: typeof value === 'string' && Object.hasOwn(form.choices ?? {}, value),
    file: value !== null && typeof value === 'object',
  }
  if (isFit[form.kind]) return
  const remedy = {
    yuan: '请填写以元为单位的金额，最多两位小数。',
    choice: '请从给出的选项中选择。',
    file: '这一项的内容请用政策文件导入。',
  }
  throw invalid(
    'benefits.setting_value',
    `“${known.lawTitles?.[key] ?? key}”不能这样填，未保存。${remedy[form.kind]}`,
    { program, key },
  )
}

interface Range {
  from: string
  to: string | null
}

/** What is left of [from, to) around a later record of the same item, as its publication will leave it. */
function restOf(row: Range, taken: Range): Range[] {
  const isApart = (row.to !== null && row.to <= taken.from) || (taken.to !== null && taken.to <= row.from)
  if (isApart) return [row]
  return [
    ...(row.from < taken.from ? [{ from: row.from, to: taken.from }] : []),
    ...(taken.to !== null && (row.to === null || taken.to < row.to) ? [{ from: taken.to, to: row.to }] : []),
  ]
}

/** After everything that was recorded. */
const LAST = '9999-12-31T00:00:00.000000Z'

/** The law as it will be known when the draft is published now. */
export function layOver(law: Law, draft: PolicyDraft): Law {
  const laid = { rates: law.rates, settings: law.settings }
  for (const [index, rate] of draft.rates.entries())
    laid.rates = [
      ...laid.rates.flatMap((row) => restOfRate(row, rate, draft.area)),
      asRow(rate, draft.area, index),
    ]
  for (const [index, setting] of draft.settings.entries()) {
    const { program, key, value, from, to, basis } = setting
    const row = { program, key, value, fromDay: from, toDay: to, basis, area: draft.area, recordedAt: LAST }
    laid.settings = [
      ...laid.settings.flatMap((known) => restOfSetting(known, setting, draft.area)),
      { ...row, id: `draft-setting-${index}` },
    ]
  }
  return laid
}

type RateDraft = PolicyDraft['rates'][number]

/** Without ages a rate is for everybody; a band of ages displaces only bands, which are not told apart here. */
const EVERY_AGE = '[,)'

function restOfRate(row: RateRow, draft: RateDraft, area: string): RateRow[] {
  const { program, item, whenKey, ages } = draft
  const isSame = row.area === area && row.program === program && row.item === item && row.whenKey === whenKey
  if (!isSame || ages !== EVERY_AGE) return [row]
  return restOf({ from: row.fromMonth, to: row.toMonth }, monthsOf(draft)).map(({ from, to }) => {
    return { ...row, fromMonth: from, toMonth: to }
  })
}

function monthsOf({ from, to }: RateDraft): Range {
  return { from: monthOf(from), to: to === null ? null : monthOf(to) }
}

function asRow(draft: RateDraft, area: string, index: number): RateRow {
  const { program, item, whenKey, fen, percent, factor, factorOf, rounding, per, basis } = draft
  const id = `draft-rate-${index}`
  const { from, to } = monthsOf(draft)
  return {
    ...{ id, rootId: id, area, program, item, whenKey, fen, percent, factor, factorOf, rounding, per, basis },
    ...{ fromMonth: from, toMonth: to, recordedAt: LAST },
  }
}

function restOfSetting(
  row: SettingRow,
  { program, key, from, to }: PolicyDraft['settings'][number],
  area: string,
): SettingRow[] {
  if (row.area !== area || row.program !== program || row.key !== key) return [row]
  return restOf({ from: row.fromDay, to: row.toDay }, { from, to }).map((left) => {
    return { ...row, fromDay: left.from, toDay: left.to }
  })
}

/** First month per programme that the draft itself speaks of. */
export function monthsTouched(draft: PolicyDraft): Map<string, Month> {
  const touched = new Map<string, Month>()
  for (const { program, from } of [...draft.rates, ...draft.settings]) {
    const month = monthOf(from)
    const known = touched.get(program)
    if (known === undefined || month < known) touched.set(program, month)
  }
  return touched
}

/** The month in which everything of the draft has begun. */
export function lastBeginning({ rates, settings }: PolicyDraft): Month {
  // A setting is asked for on the first day of a month.
  const days = settings.map(({ from }) => addMonths(monthOf(from), from === firstDay(monthOf(from)) ? 0 : 1))
  const months = [...rates.map(({ from }) => monthOf(from)), ...days]
  return months.reduce((last, month) => (month > last ? month : last), '0001-01')
}
