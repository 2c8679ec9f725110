import type pg from 'pg'
import { copyOut, literal, literals } from '../../platform/copy.ts'
import { addMonths, firstDay } from '../../platform/dates.ts'
import { explain, idArray, inRange, known, type AwardRange, type Reading } from './reading.db.ts'
import type { Carried } from './run-summary.rules.ts'

/** A range of awards, and the run that wrote the lines of the month before. */
interface Carrying {
  range: AwardRange
  baseNo: number
}

/** Lines that the base run wrote first, and in full, for the month before: nothing had been settled for it. */
function lastMonth({ county, month }: Reading, { range, baseNo }: Carrying): string {
  return `l.county = ${literal(county)} and l.for_month = ${literal(addMonths(month, -1))} and ${inRange('l.award_id', range)}
          and l.run_no = ${baseNo} and l.seq = 1 and l.fen = l.due_fen`
}

/**
 * Awards of a range whose month is not last month's again, touched or not: no decision is in force in both months, or no line tells. What
 * was at an end in both stays so.
 */
export async function listChanging(
  client: pg.ClientBase,
  reading: Reading,
  carrying: Carrying,
): Promise<string[]> {
  const rows = await copyOut(client, changingQuery(reading, carrying))
  return rows.map(([id = '']) => id)
}

function changingQuery(reading: Reading, carrying: Carrying): string {
  const { county, month, cut } = reading
  const [first, end] = [firstDay(addMonths(month, -1)), firstDay(addMonths(month, 1))]
  const both = `daterange(${literal(first)}, ${literal(end)})`
  return `select distinct s.award_id from benefits.determination_span s
      left join (select l.award_id from benefits.obligation_line l where ${lastMonth(reading, carrying)}) l on l.award_id = s.award_id
     where s.county = ${literal(county)} and ${inRange('s.award_id', carrying.range)} and ${known('s', cut)} and s.valid && ${both}
       and (not s.valid @> ${both} or (s.outcome = 'grant') = (l.award_id is null))`
}

type Carry = Carrying & { butFor: readonly string[] }

/**
 * Last month's lines again, but for the awards given: the same decision is in force in both months, under the same law, and nothing was
 * recorded since. Told by programme.
 */
export async function carryLines(client: pg.ClientBase, reading: Reading, carry: Carry): Promise<Carried[]> {
  const rows = await copyOut(client, carryQuery(reading, carry))
  return rows.map(([program = '', lines, fen]) => ({ program, lines: Number(lines), fen: Number(fen) }))
}

function carryQuery(reading: Reading, { butFor, ...carrying }: Carry): string {
  const { county, month, runNo, programs } = reading
  return `with carried as (
      insert into benefits.obligation_line (county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town, village, stated_month, stated_seq)
      select l.county, ${literal(month)}, l.award_id, 1, ${runNo}, l.fen, l.due_fen, l.persons, l.program, l.category, a.town, a.village,
             coalesce(l.stated_month, l.for_month), coalesce(l.stated_seq, l.seq)
        from benefits.obligation_line l join benefits.award a on a.id = l.award_id
       where ${lastMonth(reading, carrying)} and l.award_id <> all (${idArray(butFor)})
         and a.county = ${literal(county)} and ${inRange('a.id', carrying.range)} and l.program in (${literals(programs)})
       order by l.award_id
      returning program, fen
    ) select program, count(*), sum(fen) from carried group by program`
}

/** The plans of both, on a connection that merges. */
export async function explainCarrying(
  client: pg.ClientBase,
  reading: Reading,
  carrying: Carrying,
): Promise<string[]> {
  return [
    ...(await explain(client, changingQuery(reading, carrying))),
    ...(await explain(client, carryQuery(reading, { ...carrying, butFor: [] }))),
  ]
}

/** For a connection that carries: what is read lies in the order of the awards, and to merge it costs a third of looking each of them up. */
export async function steerToMerge(client: pg.ClientBase): Promise<void> {
  await client.query('set enable_nestloop = off')
}
