import { addMonths, firstDay, monthOf, type Month, type PlainDate } from '../../platform/dates.ts'
import { isAppError } from '../../platform/errors.ts'
import type { Fen } from '../../platform/money.ts'
import { spanIn } from './award-file.rules.ts'
import type { ExplainedRow, FileDetermination, FileSpan } from './award-file.db.ts'
import type { Why } from './award-view.schema.ts'
import type { ExplainedLine, Program } from './programs.rules.ts'
import { rateBook, type RateRow, type RatesOf, type SettingRow } from './rates.rules.ts'

/** 为什么: the sum of one month in steps, what went into it, what would change it, what nobody knows. */

export interface WhyFact {
  id: string
  personName: string | null
  title: string
  text: string
  source: string
  from: PlainDate
}

export interface WhyInput {
  county: string
  program: Program
  month: Month
  line: ExplainedRow
  sentence: string
  /** The decision on which the line rests. */
  decision: FileDetermination | undefined
  spans: readonly FileSpan[]
  law: { rates: readonly RateRow[]; settings: readonly SettingRow[] }
  basis: ReadonlyMap<string, string>
  /** Of those covered, in force in the month. */
  facts: readonly WhyFact[]
  births: ReadonlyMap<string, PlainDate>
  /** Titles of facts that raised a question nobody has answered. */
  questions: readonly string[]
  hasAccount: boolean
}

export function whyOf(input: WhyInput): Why {
  const { program, month, line, sentence, decision, basis } = input
  const { detail, dueFen, fen } = line
  const rates = detail.rates.map((rate) => ({ ...rate, basis: basis.get(rate.id) ?? '' }))
  const explained = { ...line, forMonth: month, wasFen: dueFen - fen, rates, inputs: detail.inputs }
  const clauses = [decision?.clause ?? '', ...rates.map((rate) => rate.basis)]
  return {
    ...{ month, dueFen, sentence },
    steps: program.steps(explained),
    facts: [...decided(input), ...known(input)],
    clauses: [...new Set(clauses)].filter((clause) => clause !== ''),
    rates: rates.map(({ id, item, fen: each, percent = null, basis: from }) => ({
      ...{ id, item, percent, basis: from },
      fen: each,
    })),
    changes: program.isOneOff ? [] : changesAhead(input),
    whatIfs: decision ? otherLives(input, explained, decision.content) : [],
    unknowns: unknownsOf(input),
  }
}

/** What the decision says; it was made and checked by people on a day. */
function decided({ program, decision }: WhyInput): Why['facts'] {
  if (!decision || decision.outcome === 'end') return []
  const on = (decision.recordedAt ?? decision.madeAt).slice(0, 10)
  return program.describe(decision.content).map(({ label, text }) => ({
    ...{ label, text, on, source: '认定' },
    of: { kind: 'determination', id: decision.id },
  }))
}

function known({ facts }: WhyInput): Why['facts'] {
  return facts.map(({ id, personName, title, text, source, from }) => ({
    ...{ label: personName === null ? title : `${personName}：${title}`, text, source, on: from },
    of: { kind: 'fact', id },
  }))
}

/** The same month, had the decision said something else; only what comes to another amount is worth telling. */
function otherLives(
  { county, program, month, law, births, line }: WhyInput,
  explained: ExplainedLine,
  content: unknown,
): Why['whatIfs'] {
  if (line.dueFen === 0) return []
  const rates = rateBook(county, law.rates, law.settings)
  return (program.whatIfs?.(content, explained) ?? []).flatMap(({ text, content: other }) => {
    const dueFen = assessed({ program, births }, rates, { content: other, month })
    return dueFen === null || dueFen === line.dueFen ? [] : [{ text, dueFen }]
  })
}

const MOST_CHANGES = 5
const MONTHS_AHEAD = 24

/** Months ahead whose amount is already known to be another: a dated rate, the end of the decision, an age. */
export function changesAhead(
  input: Pick<WhyInput, 'county' | 'program' | 'month' | 'spans' | 'law' | 'births'> & {
    line: { dueFen: Fen }
  },
): Why['changes'] {
  const { county, month, law, line } = input
  const rates = rateBook(county, law.rates, law.settings)
  const changes: Why['changes'] = []
  let before: Fen | null = line.dueFen
  for (const candidate of datesAhead(input)) {
    const due = dueIn(input, rates, candidate)
    if (due === before) continue
    changes.push({ month: candidate, text: reasonOf(input, candidate, due), dueFen: due })
    before = due
    if (changes.length === MOST_CHANGES) break
  }
  return changes.filter((change) => change.month > month)
}

function datesAhead({
  month,
  spans,
  law,
  births,
}: Pick<WhyInput, 'month' | 'spans' | 'law' | 'births'>): Month[] {
  const edges = [
    ...spans.flatMap(({ fromMonth, toMonth }) => [fromMonth, toMonth]),
    ...law.rates.flatMap(({ fromMonth, toMonth }) => [fromMonth, toMonth]),
    ...law.settings.flatMap(({ fromDay, toDay }) => [
      monthOf(fromDay),
      toDay === null ? null : monthOf(toDay),
    ]),
    ...[...births.values()].flatMap((born) => birthdaysAhead(born, month)),
  ]
  const last = addMonths(month, MONTHS_AHEAD)
  const ahead = edges.filter((each): each is Month => each !== null && each > month && each <= last)
  return [...new Set(ahead)].sort()
}

/** The month of each birthday and the one after it: ages count from the day or from the next month. */
function birthdaysAhead(born: PlainDate, month: Month): Month[] {
  const year = Number(month.slice(0, 4))
  return [0, 1, 2].flatMap((more) => {
    const birthday = `${year + more}-${born.slice(5, 7)}`
    return [birthday, addMonths(birthday, 1)]
  })
}

/** Null = the law of that month is not on file yet. */
function dueIn(
  { program, spans, births }: Pick<WhyInput, 'program' | 'spans' | 'births'>,
  rates: RatesOf,
  month: Month,
): Fen | null {
  const span = spanIn(spans, month)
  if (!span || span.outcome === 'end') return 0
  return assessed({ program, births }, rates, { content: span.content, month })
}

function assessed(
  { program, births }: Pick<WhyInput, 'program' | 'births'>,
  rates: RatesOf,
  { content, month }: { content: unknown; month: Month },
): Fen | null {
  const assess = program.formulas[program.version]
  if (!assess) return null
  try {
    return assess(content, { bornOn: (id) => births.get(id) }, rates, month).fen
  } catch (error) {
    if (isAppError(error)) return null
    throw error
  }
}

function reasonOf({ spans, law }: Pick<WhyInput, 'spans' | 'law'>, month: Month, due: Fen | null): string {
  if (due === null) return '这个月的标准还没有录入'
  const isEdge = spans.some(({ fromMonth, toMonth }) => fromMonth === month || toMonth === month)
  if (isEdge) return due === 0 ? '认定的月份到此为止' : '另一项认定开始'
  if (law.rates.some(({ fromMonth }) => fromMonth === month)) return '标准调整'
  if (law.settings.some(({ fromDay, toDay }) => fromDay === firstDay(month) || toDay === firstDay(month)))
    return '规定调整'
  return '家中有人到了年龄界限'
}

function unknownsOf({ program, line, births, questions, hasAccount }: WhyInput): string[] {
  const covered = line.detail.shares.map(([id]) => id)
  const unborn = program.usesBirth ? covered.filter((id) => !births.has(id)).length : 0
  return [
    ...questions.map((title) => `记录了“${title}”，还没有人认定它是否影响待遇`),
    ...(unborn === 0 ? [] : [`${unborn} 人没有登记出生日期，按年龄增发的部分无法判断`]),
    ...(line.detail.payee !== null && !hasAccount ? ['收款人没有登记在用的账户，款项发不出去'] : []),
  ]
}
