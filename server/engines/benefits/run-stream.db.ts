import type pg from 'pg'
import { copyField, copyIn, copyOut, literal, literals } from '../../platform/copy.ts'
import { addMonths, firstDay, type Instant, type Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import type { ObligationLine } from './line.rules.ts'
import type { AwardInput, Balance, Finding, SpanInput, UndoneAct } from './run.rules.ts'

/** What fixes the reading of a run: everything as known at `cut`, changes counted since `base`. */
export interface Reading {
  county: string
  runNo: number
  programs: readonly string[]
  month: Month
  cut: Instant
  /** Cut of the last published run before this one; undefined for the first run and for a full one. */
  base: Instant | undefined
  /** For a replay: balances are summed over the runs that counted when this run was started. */
  isReplay: boolean
}

export interface AwardRange {
  first: string
  last: string
}

const known = (alias: string, cut: Instant) =>
  `${alias}.recorded_at <= ${literal(cut)} and (${alias}.superseded_at is null or ${alias}.superseded_at > ${literal(cut)})`

function ofRange({ county, programs }: Reading, { first, last }: AwardRange): string {
  return `a.county = ${literal(county)} and a.id >= ${literal(first)} and a.id <= ${literal(last)} and a.program in (${literals(programs)})`
}

/** Deterministic ranges: the awards known at the cut in the order of their ids, cut every `size`. */
export async function listAwardRanges(client: pg.ClientBase, reading: Reading, size: number): Promise<AwardRange[]> {
  const rows = await copyOut(
    client,
    `select id from (select id, row_number() over (order by id) as n, count(*) over () as total
                       from benefits.award a
                      where county = ${literal(reading.county)} and program in (${literals(reading.programs)})
                        and recorded_at <= ${literal(reading.cut)}) numbered
      where n % ${size} = 1 or n % ${size} = 0 or n = total ${size === 1 ? 'or true' : ''} order by id`,
  )
  const ids = rows.map(([id]) => id ?? '')
  const ranges: AwardRange[] = []
  for (let at = 0; at < ids.length; at += size === 1 ? 1 : 2) {
    const first = ids[at] ?? ''
    ranges.push({ first, last: size === 1 ? first : (ids[at + 1] ?? first) })
  }
  return ranges
}

/** Earliest month touched per award since the base cut: by determinations recorded or undone, or by being carried over from an old system. */
export async function readTouched(client: pg.ClientBase, reading: Reading, range: AwardRange): Promise<Map<string, Month>> {
  if (reading.base === undefined) return readCarriedOver(client, reading, range)
  const [base, cut] = [literal(reading.base), literal(reading.cut)]
  const rows = await copyOut(
    client,
    `select award_id, to_char(min(lower(valid)), 'YYYY-MM') from (
       select award_id, valid from benefits.determination_span
        where county = ${literal(reading.county)} and recorded_at > ${base} and recorded_at <= ${cut} and is_change
       union all
       select award_id, valid from benefits.determination
        where county = ${literal(reading.county)} and undone_at > ${base} and undone_at <= ${cut}
       union all
       select a.id, daterange((a.ledger_opens_month || '-01')::date, null) from benefits.award a
        where ${ofRange(reading, range)} and a.last_paid_month is not null and a.recorded_at > ${base} and a.recorded_at <= ${cut}) touched
      where award_id >= ${literal(range.first)} and award_id <= ${literal(range.last)} group by award_id`,
  )
  return new Map(rows.map(([id, month]) => [id ?? '', month ?? '']))
}

/** A first run looks at everything that was decided; an award that the old system paid and nobody decided about must not slip through. */
async function readCarriedOver(client: pg.ClientBase, reading: Reading, range: AwardRange): Promise<Map<string, Month>> {
  const rows = await copyOut(
    client,
    `select a.id, a.ledger_opens_month from benefits.award a
      where ${ofRange(reading, range)} and a.last_paid_month is not null and a.recorded_at <= ${literal(reading.cut)}
        and not exists (select from benefits.determination_span s
                         where s.county = a.county and s.award_id = a.id and ${known('s', reading.cut)})`,
  )
  return new Map(rows.map(([id, month]) => [id ?? '', month ?? '']))
}

export async function readUndone(client: pg.ClientBase, reading: Reading, range: AwardRange): Promise<Map<string, UndoneAct[]>> {
  if (reading.base === undefined) return new Map()
  const rows = await copyOut(
    client,
    `select award_id, id, to_char(lower(valid), 'YYYY-MM'), to_char(upper(valid), 'YYYY-MM') from benefits.determination
      where county = ${literal(reading.county)} and undone_at > ${literal(reading.base)} and undone_at <= ${literal(reading.cut)}
        and award_id >= ${literal(range.first)} and award_id <= ${literal(range.last)} order by award_id, id`,
  )
  const acts = groupBy(rows, ([awardId]) => awardId ?? '')
  return new Map(
    [...acts].map(([awardId, list]) => [awardId, list.map(([, id, from, to]) => ({ determinationId: id ?? '', from: from ?? '', to: to ?? null }))]),
  )
}

/** Something recorded since the base, or what a later decision has left of it: its causes are told as long as no run has seen it. */
function isNewSince(base: string): string {
  return `s.recorded_at > ${base} and (s.is_change or exists (
    select from benefits.determination_span o
     where o.county = s.county and o.award_id = s.award_id and o.determination_id = s.determination_id and o.is_change
       and o.recorded_at > ${base} and o.recorded_at <= s.recorded_at and o.valid @> s.valid))`
}

const AWARD_FIELDS = 'a.id, a.program, a.ledger_opens_month, a.last_paid_month, a.last_paid_fen, a.town, a.village'
const SPAN_FIELDS = `s.determination_id, s.kind, s.outcome, to_char(lower(s.valid), 'YYYY-MM'), to_char(upper(s.valid), 'YYYY-MM')`

/** Awards of a range with the spans that reach into the months from `fromMonth` on, or all spans of the awards named. */
export async function readAwards(
  client: pg.ClientBase,
  reading: Reading,
  { range, fromMonth, ids }: { range: AwardRange; fromMonth: Month; ids: readonly string[] },
): Promise<AwardInput[]> {
  const base = reading.base === undefined ? 'false' : isNewSince(literal(reading.base))
  const select = `select ${AWARD_FIELDS}, ${SPAN_FIELDS}, ${base}, s.content
      from benefits.award a join benefits.determination_span s on s.county = a.county and s.award_id = a.id
     where ${ofRange(reading, range)} and a.recorded_at <= ${literal(reading.cut)} and ${known('s', reading.cut)}`
  const window = `daterange(${literal(firstDay(fromMonth))}, ${literal(firstDay(addMonths(reading.month, 1)))})`
  const named = ids.length === 0 ? '' : ` and a.id not in (${literals(ids)})`
  const rows = await copyOut(client, `${select}${named} and s.valid && ${window} order by a.id, s.valid`)
  if (ids.length > 0) rows.push(...(await copyOut(client, `${select} and a.id in (${literals(ids)}) order by a.id, s.valid`)))
  return awardsOf(rows)
}

/** Awards without any span in the window, e.g. whose only determination was undone: they may still have months to give back. */
export async function readBareAwards(client: pg.ClientBase, reading: Reading, { range, ids }: { range: AwardRange; ids: readonly string[] }): Promise<AwardInput[]> {
  if (ids.length === 0) return []
  const rows = await copyOut(client, `select ${AWARD_FIELDS} from benefits.award a where ${ofRange(reading, range)} and a.id in (${literals(ids)}) order by a.id`)
  return rows.map((row) => awardOf(row, []))
}

function awardsOf(rows: readonly (string | undefined)[][]): AwardInput[] {
  const awards: AwardInput[] = []
  let spans: SpanInput[] = []
  let lastId: string | undefined
  for (const row of rows) {
    if (row[0] !== lastId) {
      lastId = row[0]
      spans = []
      awards.push(awardOf(row, spans))
    }
    spans.push(spanOf(row))
  }
  return awards
}

function awardOf(row: readonly (string | undefined)[], spans: SpanInput[]): AwardInput {
  const [id = '', program = '', opensMonth = '', lastPaidMonth, lastPaidFen, town, village] = row.map((field) => (field === '\\N' ? undefined : field))
  return {
    id,
    program,
    opensMonth,
    lastPaidMonth: lastPaidMonth ?? null,
    lastPaidFen: lastPaidFen === undefined ? null : Number(lastPaidFen),
    town: town ?? null,
    village: village ?? null,
    spans,
  }
}

function spanOf(row: readonly (string | undefined)[]): SpanInput {
  const [determinationId = '', kind = '', outcome, from = '', to, isNew, content = 'null'] = row.slice(7)
  return {
    determinationId,
    kind,
    outcome: outcome === 'end' ? 'end' : 'grant',
    from,
    to: to === undefined || to === '\\N' ? null : to,
    isNew: isNew === 't',
    content: JSON.parse(content) as unknown,
  }
}

export type Balances = ReadonlyMap<string, ReadonlyMap<Month, Balance>>

/** Published sums and the highest line number per award and month. */
export async function readBalances(
  client: pg.ClientBase,
  reading: Reading,
  { range, months, ids }: { range: AwardRange; months: readonly Month[]; ids?: readonly string[] },
): Promise<Balances> {
  if (months.length === 0) return new Map()
  const which = ids === undefined ? `b.award_id >= ${literal(range.first)} and b.award_id <= ${literal(range.last)}` : `b.award_id in (${literals(ids)})`
  const where = `b.county = ${literal(reading.county)} and b.for_month in (${literals(months)}) and ${which}`
  const kept = `select b.award_id, b.for_month, b.fen, b.seq from benefits.month_balance b where ${where}`
  const rows = await copyOut(client, reading.isReplay ? summedAsKnown(reading, where) : kept)
  const balances = new Map<string, Map<Month, Balance>>()
  for (const [awardId = '', month = '', fen, seq] of rows) {
    const mine = balances.get(awardId) ?? new Map<Month, Balance>()
    mine.set(month, { fen: Number(fen), seq: Number(seq) })
    balances.set(awardId, mine)
  }
  return balances
}

/** What the balances were when the run was started: lines of earlier runs that counted at its cut. */
function summedAsKnown({ county, runNo, cut }: Reading, where: string): string {
  const counted = `r.published_at <= ${literal(cut)} and (r.cancelled_at is null or r.cancelled_at > ${literal(cut)})`
  return `select b.award_id, b.for_month, coalesce(sum(b.fen) filter (where ${counted}), 0), max(b.seq)
      from benefits.obligation_line b join benefits.run r on r.county = b.county and r.no = b.run_no
     where ${where} and b.run_no < ${runNo} group by b.award_id, b.for_month`
}

const LINE_COLUMNS = 'county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town, village, detail'

export async function copyLines(client: pg.ClientBase, county: string, lines: readonly ObligationLine[]): Promise<void> {
  if (lines.length === 0) return
  await copyIn(client, `benefits.obligation_line (${LINE_COLUMNS})`, linesAsText(county, lines))
}

function* linesAsText(county: string, lines: readonly ObligationLine[]): Generator<string> {
  for (const line of lines) {
    const head = `${county}\t${line.forMonth}\t${line.awardId}\t${line.seq}\t${line.runNo}\t${line.fen}\t${line.dueFen}\t${line.persons}\t${line.program}`
    yield `${head}\t${line.category}\t${copyField(line.town)}\t${copyField(line.village)}\t${copyField(JSON.stringify(line.detail))}\n`
  }
}

/** A line as the bytes that a replay must give again; the place columns follow the map of today and are left out. */
export function canonicalLine(line: ObligationLine): string {
  return `${line.forMonth}\t${line.awardId}\t${line.seq}\t${line.fen}\t${line.dueFen}\t${line.persons}\t${line.program}\t${line.category}\t${JSON.stringify(line.detail)}`
}

export async function readStoredLines(client: pg.ClientBase, reading: Reading, range: AwardRange): Promise<string[]> {
  const rows = await copyOut(
    client,
    `select for_month, award_id, seq, fen, due_fen, persons, program, category, detail from benefits.obligation_line
      where county = ${literal(reading.county)} and run_no = ${reading.runNo}
        and award_id >= ${literal(range.first)} and award_id <= ${literal(range.last)} order by award_id, for_month, seq`,
  )
  return rows.map((fields) => fields.join('\t'))
}

/** Birth dates of people as known at the cut, and whose were recorded or superseded since the base cut. */
export async function readBirths(
  client: pg.ClientBase,
  reading: Reading,
  range: AwardRange,
): Promise<{ bornOn: Map<string, string>; changed: Map<string, string[]> }> {
  const covered = `benefits.coverage c on c.county = f.county and c.person_id = f.person_id
       and c.award_id >= ${literal(range.first)} and c.award_id <= ${literal(range.last)} and c.recorded_at <= ${literal(reading.cut)}`
  const births = await copyOut(
    client,
    `select distinct f.person_id, f.value->>'on' from registry.fact f join ${covered}
      where f.county = ${literal(reading.county)} and f.kind = 'birth' and ${known('f', reading.cut)} and not f.voided`,
  )
  const bornOn = new Map(births.map(([id, on]) => [id ?? '', on ?? '']))
  if (reading.base === undefined) return { bornOn, changed: new Map() }
  const since = (column: string) => `(f.${column} > ${literal(reading.base ?? '')} and f.${column} <= ${literal(reading.cut)})`
  const rows = await copyOut(
    client,
    `select distinct c.award_id, f.person_id from registry.fact f join ${covered}
      where f.county = ${literal(reading.county)} and f.kind = 'birth' and (${since('recorded_at')} or ${since('superseded_at')}) order by 1, 2`,
  )
  const changed = groupBy(rows, ([awardId]) => awardId ?? '')
  return { bornOn, changed: new Map([...changed].map(([awardId, list]) => [awardId, list.map(([, personId]) => personId ?? '')])) }
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
  await copyIn(client, 'benefits.run_finding (county, run_no, no, kind, blocks, award_id, for_month, detail)', lines)
}

export async function countFindings(client: pg.ClientBase, { county, runNo }: Reading): Promise<number> {
  const [row] = await copyOut(client, `select count(*) from benefits.run_finding where county = ${literal(county)} and run_no = ${runNo}`)
  return Number(row?.[0] ?? 0)
}
