import { formatYuan, sumFen, type Fen } from '../../platform/money.ts'
import { groupBy } from '../../platform/group.ts'
import { maskNumbersIn } from '../../platform/masking.ts'
import type { FileEvent } from '../registry/person-file.schema.ts'
import type { AwardLine, FileAward, FileDetermination, PublishedRun } from './award-file.db.ts'
import { DETERMINATION_TITLES } from './award-file.rules.ts'
import { lineKind } from './line.rules.ts'
import type { Program } from './programs.rules.ts'

/** What happened to one award: who decided what, and the lines by which its amount changed. */
export interface AwardHistory {
  award: FileAward
  program: Program
  determinations: readonly FileDetermination[]
  /** Counted or not; only those of the runs given are told. */
  lines: readonly AwardLine[]
  /** Published and not cancelled, in the order of their numbers. */
  runs: ReadonlyMap<number, PublishedRun>
}

export function awardEventsOf(history: AwardHistory): FileEvent[] {
  const { award, program, determinations } = history
  return [
    ...takenOver(award, program),
    ...determinations.flatMap((each) => decisionEvents(each, program)),
    ...lineEvents(history),
  ]
}

function takenOver(award: FileAward, { title }: Program): FileEvent[] {
  const { id, lastPaidMonth, lastPaidFen, recordedAt, createdBy } = award
  if (lastPaidMonth === null) return []
  return [
    {
      ...{ id: `taken:${id}`, kind: 'benefit', at: recordedAt, by: createdBy, fen: null },
      title: `${title}：从旧系统接续`,
      text: `旧系统已发至 ${lastPaidMonth}，当月 ${formatYuan(lastPaidFen ?? 0)} 元。`,
      source: { kind: 'award', id },
    },
  ]
}

function decisionEvents(row: FileDetermination, { title }: Program): FileEvent[] {
  const { id, kind, outcome, fromMonth, toMonth, cause, clause, status, madeAt, madeBy } = row
  const what = `${title}：${DETERMINATION_TITLES[kind]}`
  const months = `${fromMonth} 起${toMonth === null ? '' : `至 ${toMonth} 前`}${outcome === 'end' ? '不再享受' : '享受'}`
  const basis = clause === '' ? '' : `依据：${clause}。`
  const event = { kind: 'benefit' as const, fen: null, source: { kind: 'determination' as const, id } }
  const ending = status === 'refused' ? '未通过复核。' : ''
  const events: FileEvent[] = [
    {
      ...{ ...event, id: `proposed:${id}`, at: madeAt, by: madeBy, title: `${what}提出` },
      text: `${months}。原因：${maskNumbersIn(cause)}。${basis}${ending}`,
    },
  ]
  if (row.recordedAt !== null && (status === 'effective' || status === 'undone'))
    events.push({
      ...{ ...event, id: `effective:${id}`, at: row.recordedAt, by: row.checkedBy, title: `${what}生效` },
      text: `${months}，经另一人复核。`,
    })
  if (row.undoneAt !== null)
    events.push({
      ...{ ...event, id: `undone:${id}`, at: row.undoneAt, by: row.undoneBy, title: `${what}撤销` },
      text: `${months}的认定不再算数。原因：${row.undoneWhy ?? '未写明'}。`,
    })
  return events
}

/** First line, raise, drop, stop, arrears, correction; a month like the one before is no event. */
function lineEvents({ award, program, lines, runs }: AwardHistory): FileEvent[] {
  const byRun = groupBy(lines, ({ runNo }) => runNo)
  const events: FileEvent[] = []
  let due: Fen | undefined
  for (const run of runs.values()) {
    if (run.programGroup !== program.group) continue
    const own = byRun.get(run.no) ?? []
    const kinds = groupBy(own, ({ forMonth, fen }) => lineKind(forMonth, run.month, fen))
    const [regular] = kinds.get('regular') ?? []
    const telling = { award, program, run }
    events.push(...together(telling, '补发', kinds.get('arrears') ?? []))
    events.push(...together(telling, '更正', kinds.get('correction') ?? []))
    const change = changeOf(due, regular?.dueFen, program.isOneOff)
    if (change !== undefined)
      events.push(lineEvent(telling, change, { before: due ?? 0, now: regular?.dueFen ?? 0 }))
    if (regular) due = program.isOneOff ? undefined : regular.dueFen
    else if (due !== undefined) due = 0
  }
  return events
}

/** `before` undefined = nothing was ever due. */
function changeOf(before: Fen | undefined, now: Fen | undefined, isOneOff: boolean): string | undefined {
  if (now === undefined) return before === undefined || before === 0 || isOneOff ? undefined : '停发'
  if (isOneOff) return '核定一次性救助金'
  if (before === undefined) return '首次核定'
  if (before === 0) return now > 0 ? '恢复发放' : undefined
  if (now === before) return undefined
  return now > before ? '提高' : '降低'
}

interface Telling {
  award: FileAward
  program: Program
  run: PublishedRun
}

function lineEvent(
  { award, program, run }: Telling,
  change: string,
  { before, now }: { before: Fen; now: Fen },
): FileEvent {
  const from = before === 0 ? '' : `，原为 ${formatYuan(before)} 元`
  return {
    ...{ id: `line:${award.id}:${run.no}`, kind: 'benefit', at: run.publishedAt, by: null, fen: now },
    title: `${program.title}：${change}`,
    text: `${run.month} 应发 ${formatYuan(now)} 元${from}（第 ${run.no} 次核算）。`,
    source: { kind: 'line', id: `${award.id}.${run.month}` },
  }
}

/** All months of one run in one sentence. */
function together({ award, program, run }: Telling, what: string, lines: readonly AwardLine[]): FileEvent[] {
  const [first] = lines
  const last = lines.at(-1)
  if (!first || !last) return []
  const fen = sumFen(lines.map((line) => line.fen))
  const months =
    lines.length === 1 ? first.forMonth : `${first.forMonth} 至 ${last.forMonth} 共 ${lines.length} 个月`
  return [
    {
      ...{ id: `${what === '补发' ? 'arrears' : 'correction'}:${award.id}:${run.no}`, kind: 'benefit' },
      ...{ at: run.publishedAt, by: null, fen, title: `${program.title}：${what}` },
      text: `${months}，${fen < 0 ? '应退' : '合计'} ${formatYuan(Math.abs(fen))} 元（第 ${run.no} 次核算）。`,
      source: { kind: 'line', id: `${award.id}.${first.forMonth}` },
    },
  ]
}
