import { addDays, addMonths, firstDay, isPlainDate, type PlainDate } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { parseDecimal, yuanToFen, type Rounding } from '../../platform/money.ts'
import { PolicyFile, type PolicyRate } from './policy.schema.ts'
import { whenKeyOf, type RatePer } from './rates.rules.ts'

/** One thing wrong with a policy file, with the place and the way out. */
export interface PolicyProblem {
  at: string
  problem: string
  remedy: string
}

/** Dimensions and words that rules know; an unknown word would silently never match. */
const DIMENSIONS: Readonly<Record<string, readonly string[] | 'text'>> = {
  residence: ['urban', 'rural'],
  support: ['home', 'institution'],
  selfCare: ['full', 'partial', 'none'],
  careLevel: ['light', 'medium', 'heavy'],
  disabilityGrade: 'text',
  disabilityKind: 'text',
  lowIncome: ['true', 'false'],
  placement: ['institutional_care', 'kin_care'],
  star: 'text',
  category: 'text',
}

export interface RateDraft extends DatedDraft {
  program: string
  item: string
  whenKey: string
  ages: string
  fen: number | null
  percent: string | null
  factor: string | null
  factorOf: string | null
  rounding: Rounding | null
  per: RatePer
}

export interface DatedDraft {
  valid: string
  from: PlainDate
  to: PlainDate | null
  basis: string
}

export interface PolicyDraft {
  area: string
  title: string
  recordedOn: PlainDate
  rates: RateDraft[]
  settings: (DatedDraft & { program: string; key: string; value: unknown })[]
  exclusions: (DatedDraft & { a: string; b: string; rule: string })[]
}

/** Reads and checks a policy file. Throws `benefits.policy_invalid` with every problem found, not only the first. */
export function readPolicy(text: string): PolicyDraft {
  const parsed = PolicyFile.safeParse(parseJson(text))
  if (!parsed.success) {
    refuse(
      parsed.error.issues.map((issue) => ({
        at: issue.path.join('.'),
        problem: issue.message,
        remedy: '请按格式说明改正后重新导入',
      })),
    )
  }
  const file = parsed.data
  const bases = new Map(
    file.basis.map(({ id, title, number, clause = '' }) => [
      id,
      `${title}${number ? `（${number}）` : ''}${clause}`,
    ]),
  )
  const problems: PolicyProblem[] = []
  const basisOf = (id: string, at: string) => {
    const title = bases.get(id)
    if (title === undefined)
      problems.push({ at, problem: `依据“${id}”没有列在 basis 中`, remedy: '补上文件名称，或改正依据编号' })
    return title ?? id
  }
  const draft: PolicyDraft = {
    area: file.area,
    title: file.title,
    recordedOn: file.recordedOn,
    rates: file.rates.map((rate, index) => rateDraft(rate, `rates.${index}`, { basisOf, problems })),
    settings: file.settings.map((each, index) => ({
      ...dated(each, `settings.${index}`, { basisOf, problems }),
      program: each.program,
      key: each.key,
      value: each.value,
    })),
    exclusions: file.exclusions.map((each, index) => ({
      ...dated(each, `exclusions.${index}`, { basisOf, problems }),
      a: each.a,
      b: each.b,
      rule: each.rule,
    })),
  }
  problems.push(
    ...overlaps(draft.rates, {
      list: 'rates',
      keyOf: (rate) => `${rate.program}.${rate.item}|${rate.whenKey}|${rate.ages}`,
    }),
  )
  problems.push(
    ...overlaps(draft.settings, {
      list: 'settings',
      keyOf: (setting) => `${setting.program}.${setting.key}`,
    }),
  )
  problems.push(...overlaps(draft.exclusions, { list: 'exclusions', keyOf: ({ a, b }) => `${a} ${b}` }))
  if (problems.length > 0) refuse(problems)
  return draft
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return refuse([{ at: '', problem: '不是有效的 JSON 文件', remedy: '请检查括号、引号和逗号，或重新导出' }])
  }
}

function refuse(problems: PolicyProblem[]): never {
  throw invalid('benefits.policy_invalid', `政策文件有 ${problems.length} 处问题，未导入。`, { problems })
}

interface Collecting {
  basisOf: (id: string, at: string) => string
  problems: PolicyProblem[]
}

function rateDraft(rate: PolicyRate, at: string, { basisOf, problems }: Collecting): RateDraft {
  const { ageFrom, ageTo, ...rest } = rate.when
  const when: Record<string, string> = {}
  for (const [dimension, value] of Object.entries(rest)) {
    const allowed = DIMENSIONS[dimension]
    const text = Array.isArray(value) ? [...value].map(String).sort().join('+') : String(value)
    if (allowed === undefined)
      problems.push({
        at,
        problem: `不认识的分类“${dimension}”`,
        remedy: `可用：${Object.keys(DIMENSIONS).join('、')}`,
      })
    else if (allowed !== 'text' && !allowed.includes(text))
      problems.push({
        at,
        problem: `“${dimension}”没有“${text}”这一类`,
        remedy: `可用：${allowed.join('、')}`,
      })
    when[dimension] = text
  }
  if ([rate.yuan, rate.percent, rate.factor].filter((value) => value !== undefined).length !== 1) {
    problems.push({ at, problem: 'yuan、percent、factor 必须且只能写一个', remedy: '保留一个，删去其余' })
  }
  for (const value of [rate.percent, rate.factor]) {
    if (value !== undefined && !isDecimal(value))
      problems.push({ at, problem: `“${value}”不是不小于零的小数`, remedy: '写成如 10 或 1.6 的数字' })
  }
  if (rate.payMonths !== undefined) {
    problems.push({
      at,
      problem: '按指定月份集中发放（payMonths）尚不支持',
      remedy: '删去 payMonths，或分月写出标准',
    })
  }
  if (rate.factor !== undefined && !/^\w+\.\w+$/.test(rate.of ?? '')) {
    problems.push({
      at,
      problem: 'factor 要写明倍数的对象 of，如 subsistence_allowance.standard',
      remedy: '补上 of',
    })
  }
  return {
    program: rate.program,
    item: rate.item,
    whenKey: whenKeyOf(when),
    ages: `[${ageFrom === undefined ? '' : Number(ageFrom)},${ageTo === undefined ? '' : Number(ageTo) + 1})`,
    fen: rate.yuan === undefined ? null : fenOf(rate.yuan, at, problems),
    percent: rate.percent ?? null,
    factor: rate.factor ?? null,
    factorOf: rate.of ?? null,
    rounding: rate.round ?? null,
    per: rate.per,
    ...dated(rate, at, { basisOf, problems }),
  }
}

function isDecimal(text: string): boolean {
  try {
    return parseDecimal(text).num >= 0n
  } catch {
    return false
  }
}

function fenOf(yuan: string, at: string, problems: PolicyProblem[]): number {
  try {
    const fen = yuanToFen(yuan)
    if (fen >= 0) return fen
  } catch {
    // Told below, together with amounts below zero.
  }
  problems.push({
    at,
    problem: `金额“${yuan}”格式不对`,
    remedy: '写成不小于零、最多两位小数的数字，如 1500.00',
  })
  return 0
}

/** `from` inclusive month or day, `to` inclusive or null; stored as [from, next). */
function dated(
  { from, to, basis }: { from: string; to?: string | null | undefined; basis: string },
  at: string,
  { basisOf, problems }: Collecting,
): DatedDraft {
  const range = {
    from: from.length === 7 ? firstDay(from) : from,
    to: to === null || to === undefined ? null : to,
  }
  const impossible = [range.from, range.to ?? range.from].find(
    (day) => day.length === 10 && !isPlainDate(day),
  )
  const next =
    impossible !== undefined || range.to === null
      ? null
      : range.to.length === 7
        ? firstDay(addMonths(range.to, 1))
        : addDays(range.to, 1)
  if (impossible !== undefined)
    problems.push({ at, problem: `没有 ${impossible} 这一天`, remedy: '改正日期' })
  else if (next !== null && next <= range.from)
    problems.push({ at, problem: `截止（${range.to}）早于起始（${from}）`, remedy: '改正 from 或 to' })
  return { valid: `[${range.from},${next ?? ''})`, from: range.from, to: next, basis: basisOf(basis, at) }
}

function overlaps<Draft extends DatedDraft>(
  drafts: readonly Draft[],
  { list, keyOf }: { list: string; keyOf: (draft: Draft) => string },
): PolicyProblem[] {
  const problems: PolicyProblem[] = []
  for (const [index, draft] of drafts.entries()) {
    const twin = drafts.findIndex(
      (other, at) =>
        at < index &&
        keyOf(other) === keyOf(draft) &&
        other.from < (draft.to ?? '9999') &&
        draft.from < (other.to ?? '9999'),
    )
    if (twin >= 0)
      problems.push({
        at: `${list}.${index}`,
        problem: `与 ${list}.${twin} 同一项的时间重叠`,
        remedy: '给前一条写上 to（截止月）',
      })
  }
  return problems
}
