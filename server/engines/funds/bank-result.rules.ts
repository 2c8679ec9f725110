import { fenToYuan } from '../../platform/money.ts'
import { totalsOf } from './bank-answer.rules.ts'
import { columnLabel, readAmount, readCount } from './bank-cell.rules.ts'
import type { Column, Layout, Outcome } from './bank-file.schema.ts'
import { readRecords, RESEND, sourceRows, stopReading } from './bank-source.rules.ts'
import type { ReadRecord, ResultProblem, SourceRow } from './bank-source.rules.ts'

/** One answer of the bank. `ref` is null when the layout answers by account and amount: see `matchResults`. */
export interface ResultLine {
  /** Line of the file, from 1. */
  row: number
  ref: string | null
  account: string | null
  outcome: Outcome
  /** The bank's own code. */
  reasonCode: string
  reason: string | null
  amountFen: number | null
}

const SCIENTIFIC = /^\d(?:\.\d+)?E\+\d+$/i

/**
 * Reads a fixed-width or CSV answer; fewer lines than sent are fine. Throws `funds.result_file_invalid` with
 * `details.rows` = every faulty cell, and then nothing of the file counts.
 */
export function parseResultFile(layout: Layout, bytes: Uint8Array): ResultLine[] {
  if (layout.kind === 'xlsx') throw new Error(`layout '${layout.key}' is a workbook: use parseResultWorkbook`)
  return readResult(layout, sourceRows(layout, bytes))
}

/** Records → answers: amounts, outcome codes, repeated references, control totals. */
export function readResult(layout: Layout, rows: readonly SourceRow[]): ResultLine[] {
  const { records, problems } = readRecords(layout.result, rows)
  const lines = records.details.flatMap((record) => resultLine(layout, record, problems) ?? [])
  if (problems.length === 0) {
    for (const record of [records.header, records.trailer]) {
      if (record) checkTotals(layout, { record, lines }, problems)
    }
  }
  const once = withoutRepeats(lines, problems)
  stopReading(problems)
  return once
}

function resultLine(layout: Layout, record: ReadRecord, problems: ResultProblem[]): ResultLine | undefined {
  const { values, row } = record
  const found: ResultProblem[] = []
  const columns = new Map(layout.result.detail.map((column): [string, Column] => [column.field, column]))
  const fail = (field: string, reason: string, remedy: string) => {
    const column = columns.get(field)
    found.push({ row, column: column ? columnLabel(column) : field, reason, remedy })
  }
  for (const field of ['ref', 'account']) {
    const text = values[field]
    if (text === undefined) continue
    if (SCIENTIFIC.test(text)) fail(field, '号码被表格软件改成了科学计数，末尾数字已丢失', RESEND)
    else if (text === '' && (field === 'ref' || !columns.has('ref'))) fail(field, '不能为空', RESEND)
  }
  const amountFen = resultAmount(columns.get('amountFen'), values, fail)
  const reasonCode = values['outcome'] ?? ''
  const outcome = outcomeOf(layout, reasonCode)
  if (!outcome) {
    const shown = reasonCode === '' ? '没有处理结果' : `代码“${reasonCode}”不在版式的对照表中`
    fail('outcome', shown, '请向银行核实；确认含义后在版式 outcomes 中登记，不要当作成功处理')
  }
  problems.push(...found)
  if (!outcome || found.length > 0) return undefined
  const reason = values['reason'] || layout.result.reasons[reasonCode] || null
  return {
    row,
    ref: values['ref'] ?? null,
    account: values['account'] ?? null,
    outcome,
    reasonCode,
    reason,
    amountFen,
  }
}

/** An empty code is no answer: `*` does not cover it, or a line without answer would be paid again as returned. */
function outcomeOf(layout: Layout, code: string): Outcome | undefined {
  const { outcomes } = layout.result
  if (code === '' || code === '*') return undefined
  return Object.hasOwn(outcomes, code) ? outcomes[code] : outcomes['*']
}

function resultAmount(
  column: Column | undefined,
  values: ReadRecord['values'],
  fail: (field: string, reason: string, remedy: string) => void,
): number | null {
  const text = values['amountFen'] ?? ''
  const byRef = values['ref'] !== undefined
  if (!column || (text === '' && byRef)) return null
  const amountFen = readAmount(column, text)
  if (amountFen !== undefined) return amountFen
  const unit = column.format === 'fen' ? '以分为单位的整数' : '以元为单位、最多两位小数的数字'
  fail('amountFen', `金额应为${unit}，不含千分位和货币符号`, RESEND)
  return null
}

function checkTotals(
  layout: Layout,
  { record, lines }: { record: ReadRecord; lines: readonly ResultLine[] },
  problems: ResultProblem[],
): void {
  const totals = totalsOf(lines)
  const isHeader = layout.result.header.length > 0 && record.row < (lines[0]?.row ?? 0)
  for (const column of isHeader ? layout.result.header : layout.result.trailer) {
    const expected = totals[column.field]
    const text = record.values[column.field]
    if (expected === undefined || text === undefined) continue
    const isMoney = column.field.endsWith('Fen')
    const stated = isMoney ? readAmount(column, text) : readCount(text)
    if (stated === expected) continue
    const show = (value: number) => (isMoney ? `${fenToYuan(value)} 元` : `${value} 笔`)
    problems.push({
      row: record.row,
      column: columnLabel(column),
      reason: `控制合计${stated === undefined ? '不是数字' : `为 ${show(stated)}`}，明细合计为 ${show(expected)}`,
      remedy: '文件可能不完整，请向银行重新索取',
    })
  }
}

/** A line repeated word for word counts once; two answers for one reference are a question for the bank. */
function withoutRepeats(lines: readonly ResultLine[], problems: ResultProblem[]): ResultLine[] {
  const first = new Map<string, ResultLine>()
  return lines.filter((line) => {
    if (line.ref === null) return true
    const earlier = first.get(line.ref)
    if (!earlier) {
      first.set(line.ref, line)
      return true
    }
    if (earlier.outcome !== line.outcome || earlier.amountFen !== line.amountFen) {
      problems.push({
        row: line.row,
        column: '编号',
        reason: `编号 ${line.ref} 与第 ${earlier.row} 行的处理结果或金额不同`,
        remedy: '请向银行书面核实该笔结果，取得更正后的回盘文件',
      })
    }
    return false
  })
}

export interface SentLine {
  ref: string
  account: string
  amountFen: number
}

export type MatchedResult = ResultLine & { ref: string }

/**
 * Ties answers to what was sent. By reference where the bank returns it; else by account and amount, where equal
 * pairs may stand for each other only if the bank answers all of them alike.
 * Throws `funds.result_file_invalid` for an unknown reference, another amount, or an ambiguous pair.
 */
export function matchResults(lines: readonly ResultLine[], sent: readonly SentLine[]): MatchedResult[] {
  const problems: ResultProblem[] = []
  const byRef = new Map(sent.map((line) => [line.ref, line]))
  const byPair = grouped(sent, pairKey)
  const answersByPair = grouped(
    lines.filter((line) => line.ref === null),
    pairKey,
  )
  const matched = lines.flatMap((line): MatchedResult[] => {
    const pair = pairKey(line)
    const target =
      line.ref === null
        ? pairTarget(line, { answers: answersByPair.get(pair) ?? [], sent: byPair.get(pair) ?? [] }, problems)
        : refTarget(line, byRef.get(line.ref), problems)
    return target ? [{ ...line, ref: target.ref }] : []
  })
  stopReading(problems)
  return matched
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

function pairKey({ account, amountFen }: { account: string | null; amountFen: number | null }): string {
  return `${account ?? ''} ${amountFen ?? ''}`
}

function refTarget(line: ResultLine, target: SentLine | undefined, problems: ResultProblem[]) {
  const { row, amountFen } = line
  if (!target) {
    problems.push({
      row,
      column: '编号',
      reason: `编号 ${line.ref ?? ''} 不在所选批次中`,
      remedy: '请确认回盘文件与批次是否对应',
    })
    return undefined
  }
  // Some banks state 0 as the amount that arrived when nothing did.
  const isNothing = amountFen === null || (amountFen === 0 && line.outcome !== 'paid')
  const sameAccount = line.account === null || line.account === '' || line.account === target.account
  if ((isNothing || amountFen === target.amountFen) && sameAccount) return target
  problems.push({
    row,
    column: sameAccount ? '金额' : '收款账号',
    reason: sameAccount
      ? `银行回盘 ${fenToYuan(amountFen ?? 0)} 元，发出 ${fenToYuan(target.amountFen)} 元`
      : '账号与发出的支付指令不同',
    remedy: '请向银行书面核实该笔实际付款情况',
  })
  return undefined
}

function pairTarget(
  line: ResultLine,
  { answers, sent }: { answers: readonly ResultLine[]; sent: readonly SentLine[] },
  problems: ResultProblem[],
): SentLine | undefined {
  const alike = answers.every((answer) => answer.outcome === line.outcome)
  const target = sent[answers.indexOf(line)]
  if (target && alike && answers.length === sent.length) return target
  problems.push({
    row: line.row,
    column: '收款账号',
    reason:
      sent.length === 0 ? '批次中没有这一账号和金额的支付指令' : '同一账号和金额有多笔，无法确定是哪一笔',
    remedy: '请向银行书面核实，逐笔登记处理结果',
  })
  return undefined
}
