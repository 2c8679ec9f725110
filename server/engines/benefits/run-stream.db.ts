import type pg from 'pg'
import {
  copyBytesIn,
  copyField,
  copyIn,
  copyOut,
  copyOutBytes,
  literal,
  literals,
  rowsOf,
} from '../../platform/copy.ts'
import { addMonths, firstDay, monthOf, monthsBetween, type Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import type { ObligationLine } from './line.rules.ts'
import { LINE_COLUMNS, lineBlocks } from './line-text.rules.ts'
import { explain, idArray, inRange, known, ofRange, type AwardRange, type Reading } from './reading.db.ts'
import { balanceCursor, withLine } from './run-balance.rules.ts'
import type { AwardInput, Balance, Finding, SpanInput } from './run-input.rules.ts'

/**
 * Something recorded since the base, or what a later decision has left of it: its causes are told as long as no run has seen it.
 * The sum keeps the planner from walking everybody's records of that time where it has no statistics: an award has few.
 */
function isNewSince(base: string): string {
  return `s.recorded_at > ${base} and (s.is_change or exists (
    select from benefits.determination_span o
     where o.county = s.county and o.award_id = s.award_id and o.determination_id = s.determination_id and o.is_change
       and o.recorded_at + interval '0' > ${base} and o.recorded_at + interval '0' <= s.recorded_at and o.valid @> s.valid))`
}

/** Empty text instead of null, which COPY writes as an escape; days instead of months: to_char on each row costs more than cutting. */
const AWARD_FIELDS = `a.id, a.program, a.ledger_opens_month, coalesce(a.last_paid_month, ''), coalesce(a.last_paid_fen::text, ''),
  coalesce(a.town, ''), coalesce(a.village, '')`
const SPAN_FIELDS = `s.determination_id, s.kind, s.outcome, lower(s.valid), coalesce(upper(s.valid)::text, '')`

function spanFields({ base }: Reading): string {
  const isNew = base === undefined ? 'false' : isNewSince(literal(base))
  return `${AWARD_FIELDS}, ${SPAN_FIELDS}, ${isNew}, s.content`
}

/**
 * Awards of a range that have a span in the months from `fromMonth` on, in the order of their ids. The text comes at once, the awards
 * one by one as they are asked for.
 */
export async function readAwards(
  client: pg.ClientBase,
  reading: Reading,
  { range, fromMonth }: { range: AwardRange; fromMonth: Month },
): Promise<Iterable<AwardInput>> {
  const bytes = await copyOutBytes(client, mainQuery(reading, { range, fromMonth }))
  return { [Symbol.iterator]: () => awardsOf(bytes) }
}

/** The query that reads the whole population, chunk by chunk. */
function mainQuery(reading: Reading, { range, fromMonth }: { range: AwardRange; fromMonth: Month }): string {
  const window = windowOf(reading, fromMonth)
  return `select ${spanFields(reading)}
      from benefits.award a join benefits.determination_span s on s.county = a.county and s.award_id = a.id
     where ${ofRange(reading, range)} and a.recorded_at <= ${literal(reading.cut)}
       and s.county = ${literal(reading.county)} and ${inRange('s.award_id', range)} and ${known('s', reading.cut)} and s.valid && ${window}
     order by a.id`
}

function windowOf({ month }: Reading, fromMonth: Month): string {
  return `daterange(${literal(firstDay(fromMonth))}, ${literal(firstDay(addMonths(month, 1)))})`
}

/**
 * Single awards, also those without any span: with the spans in the months from `fromMonth` on, or with all that are known at the cut.
 * One by one, since they are few among those that lie between them.
 */
export async function readSomeAwards(
  client: pg.ClientBase,
  reading: Reading,
  { awardIds, fromMonth }: { awardIds: readonly string[]; fromMonth?: Month },
): Promise<AwardInput[]> {
  if (awardIds.length === 0) return []
  const county = literal(reading.county)
  const inMonths = fromMonth === undefined ? '' : `and s.valid && ${windowOf(reading, fromMonth)}`
  const bytes = await copyOutBytes(
    client,
    `select each.* from unnest(${idArray(awardIds)}) as t (award_id) cross join lateral (
       select ${spanFields(reading)}
         from benefits.award a left join benefits.determination_span s
           on s.county = ${county} and s.award_id = t.award_id and ${known('s', reading.cut)} ${inMonths}
        where a.county = ${county} and a.id = t.award_id and a.program in (${literals(reading.programs)})
       offset 0) each`,
  )
  return [...awardsOf(bytes)]
}

export function explainAwards(client: pg.ClientBase, reading: Reading, range: AwardRange): Promise<string[]> {
  return explain(client, mainQuery(reading, { range, fromMonth: addMonths(reading.month, -1) }))
}

function* awardsOf(bytes: Buffer): Generator<AwardInput> {
  let award: AwardInput | undefined
  let spans: SpanInput[] = []
  for (const row of rowsOf(bytes)) {
    if (row[0] !== award?.id) {
      if (award) yield award
      spans = []
      award = awardOf(row, spans)
    }
    if (row[7] !== undefined) spans.push(spanOf(row))
  }
  if (award) yield award
}

type Row = readonly (string | undefined)[]

function awardOf(row: Row, spans: SpanInput[]): AwardInput {
  return {
    id: row[0] ?? '',
    program: row[1] ?? '',
    opensMonth: row[2] ?? '',
    lastPaidMonth: row[3] || null,
    lastPaidFen: row[4] ? Number(row[4]) : null,
    town: row[5] || null,
    village: row[6] || null,
    spans,
  }
}

function spanOf(row: Row): SpanInput {
  return {
    determinationId: row[7] ?? '',
    kind: row[8] ?? '',
    outcome: row[9] === 'end' ? 'end' : 'grant',
    from: monthOf(row[10] ?? ''),
    to: row[11] ? monthOf(row[11]) : null,
    isNew: row[12] === 't',
    content: JSON.parse(row[13] ?? 'null') as unknown,
  }
}

/** The first month in which the county has any line; undefined while it has none. */
export async function findFirstLineMonth(client: pg.ClientBase, county: string): Promise<Month | undefined> {
  const [row] = await copyOut(
    client,
    `select min(for_month) from benefits.obligation_line where county = ${literal(county)}`,
  )
  return row?.[0]
}

/** Published sum and highest line number of an award and month. */
export type BalanceOf = (awardId: string, month: Month) => Balance | undefined

/**
 * Sums of a range, from the lines that earlier runs wrote. The awards have to be asked for in the order of their ids: what lies before
 * the one asked for is forgotten.
 */
export async function readBalances(
  client: pg.ClientBase,
  reading: Reading,
  { range, months }: { range: AwardRange; months: readonly Month[] },
): Promise<BalanceOf> {
  const cursors = new Map<Month, (awardId: string) => Balance | undefined>()
  for (const month of months) {
    const bytes = await copyOutBytes(
      client,
      `select l.award_id, l.fen, l.seq${reading.uncounted.size > 0 ? ', l.run_no' : ''} from benefits.obligation_line l
        where ${earlier(reading, [month])} and ${inRange('l.award_id', range)} order by l.award_id, l.seq`,
    )
    if (bytes.length > 0) cursors.set(month, balanceCursor(bytes, reading.uncounted))
  }
  return (awardId, month) => cursors.get(month)?.(awardId)
}

/** Balances of single awards, each from its own month on, in any order; award by award, since they are few among those between them. */
export async function readSomeBalances(
  client: pg.ClientBase,
  reading: Reading,
  asked: ReadonlyMap<string, Month>,
): Promise<BalanceOf> {
  const balances = new Map<string, Balance>()
  for (const [first, ids] of groupBy([...asked.keys()], (id) => asked.get(id) ?? reading.month)) {
    const bytes = await copyOutBytes(
      client,
      `select l.* from unnest(${idArray(ids)}) as t (award_id) cross join lateral (
         select ${EARLIER} from benefits.obligation_line l
          where ${earlier(reading, monthsBetween(first, reading.month))} and l.award_id = t.award_id offset 0) l`,
    )
    for (const row of rowsOf(bytes)) {
      const key = `${row[4]} ${row[0]}`
      const fen = reading.uncounted.has(row[3] ?? '') ? 0 : Number(row[1])
      balances.set(key, withLine(balances.get(key), fen, Number(row[2])))
    }
  }
  return (awardId, month) => balances.get(`${month} ${awardId}`)
}

const EARLIER = 'l.award_id, l.fen, l.seq, l.run_no, l.for_month'

function earlier({ county, runNo }: Reading, months: readonly Month[]): string {
  return `l.county = ${literal(county)} and l.for_month in (${literals(months)}) and l.run_no < ${runNo}`
}

/** Takes the lines as they are made: the server writes one part while the next is computed. */
export async function copyLines(
  client: pg.ClientBase,
  county: string,
  lines: Iterable<ObligationLine>,
): Promise<void> {
  await copyBytesIn(client, `benefits.obligation_line (${LINE_COLUMNS})`, lineBlocks(county, lines))
}

/** A line as the bytes that a replay must give again; the place columns follow the map of today and are left out. */
export function canonicalLine(line: ObligationLine): string {
  return `${line.forMonth}\t${line.awardId}\t${line.seq}\t${line.fen}\t${line.dueFen}\t${line.persons}\t${line.program}\t${line.category}\t${JSON.stringify(line.detail)}`
}

export async function readStoredLines(
  client: pg.ClientBase,
  reading: Reading,
  range: AwardRange,
): Promise<string[]> {
  const rows = await copyOut(
    client,
    `select for_month, award_id, seq, fen, due_fen, persons, program, category, detail from benefits.explained_line
      where county = ${literal(reading.county)} and run_no = ${reading.runNo}
        and award_id >= ${literal(range.first)} and award_id <= ${literal(range.last)} order by award_id, for_month, seq`,
  )
  return rows.map((fields) => fields.join('\t'))
}

export async function copyFindings(
  client: pg.ClientBase,
  { county, runNo }: Reading,
  { firstNo, findings }: { firstNo: number; findings: readonly Finding[] },
): Promise<void> {
  if (findings.length === 0) return
  const lines = findings.map((finding, index) => {
    const head = `${county}\t${runNo}\t${firstNo + index}\t${finding.kind}\t${finding.blocks ? 't' : 'f'}`
    return `${head}\t${copyField(finding.awardId)}\t${copyField(finding.forMonth)}\t${copyField(JSON.stringify(finding.detail))}\n`
  })
  await copyIn(
    client,
    'benefits.run_finding (county, run_no, no, kind, blocks, award_id, for_month, detail)',
    lines,
  )
}

export async function countFindings(client: pg.ClientBase, { county, runNo }: Reading): Promise<number> {
  const [row] = await copyOut(
    client,
    `select count(*) from benefits.run_finding where county = ${literal(county)} and run_no = ${runNo}`,
  )
  return Number(row?.[0] ?? 0)
}
