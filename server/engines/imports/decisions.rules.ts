import { addMonths, type Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import { fenIn, identityIn, monthOf, nameIn, readLine, type LineReader } from './cell.rules.ts'
import { choicesOf, type DecisionForm, type Said, type SaidField } from './decision-form.rules.ts'
import type { Field } from './field.rules.ts'
import type { ReadAt, ReadRows } from './kind.rules.ts'
import type { RollWords } from './rolls.rules.ts'
import { readableLines, type SheetLine } from './sheet.rules.ts'

export type Act = 'initial' | 'change' | 'end'

/** A decision that somebody proposes by a line of a list. */
export interface DecisionRow {
  row: number
  fullName: string
  idNumber: string
  program: string
  act: Act
  from: Month
  cause: string
  clause: string
  said: Said
  /** What the list says it comes to in a month; null = it does not say. */
  amountFen: Fen | null
}

const ACTS: Readonly<Record<string, Act>> = {
  ...{ 新增: 'initial', 新批: 'initial', 新纳入: 'initial', 纳入: 'initial', 新申请: 'initial' },
  ...{ 变更: 'change', 调整: 'change', 变动: 'change', 调标: 'change' },
  ...{ 终止: 'end', 停发: 'end', 退出: 'end', 取消: 'end', 停保: 'end', 清退: 'end' },
}
/** These have a clause or an end that a checker looks at one by one. */
const BY_HAND = new Set(['追溯', '追溯更正', '补发', '渐退'])
const MONTHS_AHEAD = 12

export interface DecisionWords extends Pick<RollWords, 'keys'> {
  titles: ReadonlyMap<string, string>
  form: DecisionForm
  fields: readonly Field[]
}

export function readDecisions(
  sheet: readonly SheetLine[],
  { headerRow, columns, today }: ReadAt,
  words: DecisionWords,
): ReadRows<DecisionRow> {
  const { fields } = words
  const { lines, faults } = readableLines(sheet, { headerRow, columns, fields })
  const rows: DecisionRow[] = []
  for (const line of lines) {
    const reader = readLine(line, columns, fields)
    const row = decisionIn(reader, words, today)
    if (row) rows.push(row)
    faults.push(...reader.faults)
  }
  return { rows, faults }
}

function decisionIn(reader: LineReader, words: DecisionWords, today: string): DecisionRow | undefined {
  const fullName = nameIn(reader)
  const identity = identityIn(reader)
  const program = programIn(reader, words)
  const act = actIn(reader)
  const from = fromIn(reader, today)
  const [cause, clause] = [reader.cell('cause'), reader.cell('clause')]
  if (cause === '') reader.fault('cause', 'cause_missing')
  if (clause === '') reader.fault('clause', 'clause_missing')
  // Of an end nothing is read but whose, what and when: lists have these columns filled with what it was.
  const said =
    program === undefined || act === undefined || act === 'end' ? {} : saidIn(reader, words, { program, act })
  const amountFen = act === 'end' ? null : (fenIn(reader, 'amount') ?? null)
  if (reader.faults.length > 0 || !identity || !program || !act || !from) return undefined
  return {
    row: reader.row,
    fullName,
    idNumber: identity.number,
    program,
    act,
    from,
    cause,
    clause,
    said,
    amountFen,
  }
}

function programIn({ cell, fault }: LineReader, { keys, form }: DecisionWords): string | undefined {
  const typed = cell('program')
  const key = keys.get(typed)
  if (typed === '') fault('program', 'program_missing')
  else if (key === undefined) fault('program', 'program_unknown', { program: typed })
  else if (!form.programs[key]) fault('program', 'program_by_hand', { program: typed })
  else return key
  return undefined
}

function actIn({ cell, fault }: LineReader): Act | undefined {
  const typed = cell('act')
  if (Object.hasOwn(ACTS, typed)) return ACTS[typed]
  if (typed === '') fault('act', 'act_missing')
  else fault('act', BY_HAND.has(typed) ? 'act_by_hand' : 'act_word', { value: typed })
  return undefined
}

function fromIn({ cell, fault }: LineReader, today: string): Month | undefined {
  const typed = cell('from')
  const month = monthOf(typed)
  if (typed === '') fault('from', 'from_missing')
  else if (month === undefined) fault('from', 'month_form', { title: '起始月份' })
  else if (month > addMonths(today.slice(0, 7), MONTHS_AHEAD)) fault('from', 'from_too_far')
  else return month
  return undefined
}

function saidIn(
  reader: LineReader,
  { form, titles }: DecisionWords,
  { program, act }: { program: string; act: Act },
): Said {
  const { groups = [], optional = [] } = form.programs[program] ?? {}
  const keys = new Set([...groups.flat(), ...optional])
  const title = titles.get(program) ?? program
  const implied = form.implied[reader.cell('program')] ?? {}
  const stated: Record<string, string | Fen> = { ...implied }
  for (const field of form.fields) {
    const value = valueIn(reader, field)
    if (value === undefined) continue
    if (!keys.has(field.key)) reader.fault(field.key, 'value_not_of', { program: title, title: field.title })
    else if ((implied[field.key] ?? value) !== value)
      reader.fault(field.key, 'value_differs', { title: field.title })
    else stated[field.key] = value
  }
  if (reader.faults.length === 0) checkGroups(reader, stated, { form, groups, title, act })
  return stated
}

/** Undefined when nothing is said, or the cell is at fault. */
function valueIn(reader: LineReader, field: SaidField): string | Fen | undefined {
  const { key, title, choices, isMoney } = field
  if (isMoney) return fenIn(reader, key)
  const typed = reader.cell(key)
  if (typed === '' || !choices) return typed === '' ? undefined : typed
  if (Object.hasOwn(choices, typed)) return choices[typed]
  reader.fault(key, 'value_word', { title, value: typed, choices: choicesOf(field) })
  return undefined
}

interface Groups {
  form: DecisionForm
  groups: readonly (readonly string[])[]
  title: string
  act: Act
}

/** A new one says everything, a change at least something; of what excludes each other one alone. */
function checkGroups(reader: LineReader, stated: Said, { form, groups, title, act }: Groups): void {
  const titleOf = (key: string) => form.fields.find((field) => field.key === key)?.title ?? key
  for (const keys of groups) {
    const [first = '', second] = keys.filter((key) => stated[key] !== undefined)
    const titles = keys.map(titleOf).join('或')
    if (second !== undefined) reader.fault(second, 'value_twice', { title: keys.map(titleOf).join('、') })
    else if (first === '' && act === 'initial')
      reader.fault(keys[0] ?? '', 'value_missing', { program: title, title: titles })
  }
  if (act === 'change' && Object.keys(stated).length === 0)
    reader.fault('act', 'change_empty', { choices: groups.flat().map(titleOf).join('、') })
}
