import type pg from 'pg'
import { copyOut, literal, literals } from '../../platform/copy.ts'
import type { Instant, Month } from '../../platform/dates.ts'

/** What fixes the reading of a run: everything as known at `cut`, changes counted since `base`. */
export interface Reading {
  county: string
  runNo: number
  programs: readonly string[]
  month: Month
  cut: Instant
  /** Cut of the last published run before this one; undefined for the first run. */
  base: Instant | undefined
  /** Numbers of earlier runs whose lines did not count when this one was started: rejected or cancelled, or of a group still at work. */
  uncounted: ReadonlySet<string>
}

export interface AwardRange {
  first: string
  last: string
}

export function known(alias: string, cut: Instant): string {
  return `${alias}.recorded_at <= ${literal(cut)} and (${alias}.superseded_at is null or ${alias}.superseded_at > ${literal(cut)})`
}

/** Came to be known, or stopped to, between the base cut and this one. */
export function since(column: string, { base, cut }: Reading): string {
  return base === undefined ? 'false' : `(${column} > ${literal(base)} and ${column} <= ${literal(cut)})`
}

export function inRange(column: string, { first, last }: AwardRange): string {
  return `${column} >= ${literal(first)} and ${column} <= ${literal(last)}`
}

/** The plan of a query, without running it. */
export async function explain(client: pg.ClientBase, query: string): Promise<string[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${query}`)
  return rows.map((row) => row['QUERY PLAN'])
}

/** Ids as one value that the server reads once. */
export function idArray(ids: readonly string[]): string {
  return `'{${ids.join(',')}}'::uuid[]`
}

export function ofRange({ county, programs }: Reading, range: AwardRange): string {
  return `a.county = ${literal(county)} and ${inRange('a.id', range)} and a.program in (${literals(programs)})`
}

/**
 * For the connection that reads a run. Its statements ask for a range of awards that an index holds in order; a planner that guesses
 * (no statistics yet, a month that has just grown) must not prefer to read whole tables for each chunk.
 */
export async function steerReader(client: pg.ClientBase): Promise<void> {
  for (const way of ['seqscan', 'bitmapscan', 'hashjoin', 'sort'])
    await client.query(`set enable_${way} = off`)
  await client.query('set max_parallel_workers_per_gather = 0')
}

/**
 * Ranges of ids that hold all awards of the county, `size` in each, also those of other programmes: the index alone tells them. Step by
 * step: to number all awards in one statement costs several times as much.
 */
export async function listAwardRanges(
  client: pg.ClientBase,
  { county }: Reading,
  size: number,
): Promise<AwardRange[]> {
  const awards = `select id from benefits.award where county = ${literal(county)}`
  const findIds = async (query: string) => (await copyOut(client, query)).map(([id]) => id)
  const [end] = await findIds(`${awards} order by county desc, id desc limit 1`)
  let [first] = await findIds(`${awards} order by county, id limit 1`)
  const ranges: AwardRange[] = []
  while (first !== undefined && end !== undefined) {
    const [last = end, next] = await findIds(
      `${awards} and id >= ${literal(first)} order by county, id offset ${size - 1} limit 2`,
    )
    ranges.push({ first, last })
    first = next
  }
  return ranges
}
