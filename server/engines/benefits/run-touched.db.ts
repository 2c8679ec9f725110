import type pg from 'pg'
import { copyOut, literal } from '../../platform/copy.ts'
import { firstDay, type Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import { inRange, known, since, type AwardRange, type Reading } from './reading.db.ts'
import type { UndoneAct } from './run-input.rules.ts'

/** Before every month. */
export const EVER: Month = '0001-01'

/**
 * What was recorded or undone since the base cut, read once for the run and kept by award in tables of this connection alone: a
 * chunk then reads its own part, however many awards were touched.
 */
export async function stageTouched(
  client: pg.ClientBase,
  reading: Reading,
  { usesBirth }: { usesBirth: boolean },
): Promise<void> {
  const touched = [
    ...(reading.base === undefined ? [carriedOver(reading)] : touchedSince(reading)),
    ...(usesBirth ? [bornAnew(reading)] : []),
  ]
  await client.query(
    `create temporary table run_touched as
     select award_id, min(month) as month from (${touched.join(' union all ')}) touched group by award_id`,
  )
  await client.query('create unique index run_touched_pk on run_touched (award_id)')
  await client.query(
    `create temporary table run_undone as
     select award_id, id, to_char(lower(valid), 'YYYY-MM') as from_month, to_char(upper(valid), 'YYYY-MM') as to_month
       from benefits.determination where county = ${literal(reading.county)} and ${since('undone_at', reading)}`,
  )
  await client.query('create unique index run_undone_pk on run_undone (award_id, id)')
  await client.query('analyze run_touched, run_undone')
}

/**
 * An award carried over from an old system counts by its coming on file and, signed ahead, in the month its ledger opens: it is compared
 * with what it was last paid, decided or not.
 */
function touchedSince(reading: Reading): string[] {
  const county = literal(reading.county)
  const first = `to_char(lower(valid), 'YYYY-MM') as month`
  return [
    `select award_id, ${first} from benefits.determination_span where county = ${county} and is_change and ${since('recorded_at', reading)}`,
    `select award_id, ${first} from benefits.determination where county = ${county} and ${since('undone_at', reading)}`,
    `select id, ledger_opens_month from benefits.award
      where county = ${county} and last_paid_month is not null and recorded_at <= ${literal(reading.cut)}
        and (${since('recorded_at', reading)} or ledger_opens_month = ${literal(reading.month)})`,
  ]
}

/** A first run looks at everything that was decided; an award that the old system paid and nobody decided about yet must not slip through. */
function carriedOver({ county, cut, month }: Reading): string {
  return `select a.id as award_id, a.ledger_opens_month as month from benefits.award a
           where a.county = ${literal(county)} and a.last_paid_month is not null and a.recorded_at <= ${literal(cut)}
             and not exists (select from benefits.determination_span s
                              where s.county = a.county and s.award_id = a.id and ${known('s', cut)}
                                and lower(s.valid) <= ${literal(firstDay(month))}::date)`
}

/** A birth date that came to be known, or was corrected, may change any month. */
function bornAnew(reading: Reading): string {
  return `select c.award_id, '${EVER}' as month from registry.fact f
            join benefits.coverage c on c.county = f.county and c.person_id = f.person_id and c.recorded_at <= ${literal(reading.cut)}
           where f.county = ${literal(reading.county)} and f.kind = 'birth'
             and (${since('f.recorded_at', reading)} or ${since('f.superseded_at', reading)})`
}

/** Earliest month touched, per award of the range; only after `stageTouched`. */
export async function readTouched(client: pg.ClientBase, range: AwardRange): Promise<Map<string, Month>> {
  const rows = await copyOut(
    client,
    `select award_id, month from run_touched where ${inRange('award_id', range)}`,
  )
  return new Map(rows.map(([id, month]) => [id ?? '', month ?? '']))
}

export async function readUndone(
  client: pg.ClientBase,
  range: AwardRange,
): Promise<Map<string, UndoneAct[]>> {
  const rows = await copyOut(
    client,
    `select award_id, id, from_month, to_month from run_undone where ${inRange('award_id', range)} order by award_id, id`,
  )
  const acts = groupBy(rows, ([awardId]) => awardId ?? '')
  return new Map(
    [...acts].map(([awardId, list]) => [
      awardId,
      list.map(([, id, from, to]) => ({ determinationId: id ?? '', from: from ?? '', to: to ?? null })),
    ]),
  )
}

/** Birth dates of people as known at the cut, and whose were recorded or superseded since the base cut. */
export async function readBirths(
  client: pg.ClientBase,
  reading: Reading,
  range: AwardRange,
): Promise<{ bornOn: Map<string, string>; changed: Map<string, string[]> }> {
  const covered = `benefits.coverage c on c.county = f.county and c.person_id = f.person_id
       and ${inRange('c.award_id', range)} and c.recorded_at <= ${literal(reading.cut)}`
  const births = await copyOut(
    client,
    `select distinct f.person_id, f.value->>'on' from registry.fact f join ${covered}
      where f.county = ${literal(reading.county)} and f.kind = 'birth' and ${known('f', reading.cut)} and not f.voided`,
  )
  const bornOn = new Map(births.map(([id, on]) => [id ?? '', on ?? '']))
  if (reading.base === undefined) return { bornOn, changed: new Map() }
  const rows = await copyOut(
    client,
    `select distinct c.award_id, f.person_id from registry.fact f join ${covered}
      where f.county = ${literal(reading.county)} and f.kind = 'birth'
        and (${since('f.recorded_at', reading)} or ${since('f.superseded_at', reading)}) order by 1, 2`,
  )
  const changed = groupBy(rows, ([awardId]) => awardId ?? '')
  return {
    bornOn,
    changed: new Map(
      [...changed].map(([awardId, list]) => [awardId, list.map(([, personId]) => personId ?? '')]),
    ),
  }
}
