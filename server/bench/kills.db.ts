import type pg from 'pg'
import { urlOfDatabase } from '../platform/database.ts'
import { openPool } from '../platform/db.ts'

/** What a run has left in the database, as SQL sees it; nothing here asks the code that wrote it. */

/** One connection of the owner, beside those of the product. A server that dies meanwhile fails only the query under way. */
export async function withOwner<Result>(
  { clusterUrl, name }: { clusterUrl: string; name: string },
  work: (owner: pg.Pool) => Promise<Result>,
): Promise<Result> {
  const owner = openPool({ url: urlOfDatabase(clusterUrl, name), max: 1, applicationName: 'kills' })
  try {
    return await work(owner)
  } finally {
    await owner.end()
  }
}

/** Nobody may be connected to the original meanwhile. */
export async function copyDatabase(
  clusterUrl: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await withOwner({ clusterUrl, name: 'postgres' }, (owner) =>
    owner.query(`create database ${to} template ${from} strategy file_copy`),
  )
}

/** Connections that the product's roles still have: those of a killed process end only when the server notices. */
export async function countConnections(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity where datname = current_database() and usename like 'minben\\_%'`,
  )
  return rows[0]?.count ?? 0
}

/** Whether the runner has a transaction open that has already written. */
export async function isWriting(owner: pg.Pool): Promise<boolean> {
  const { rows } = await owner.query(
    `select from pg_stat_activity
      where datname = current_database() and usename = 'minben_runner' and backend_xid is not null`,
  )
  return rows.length > 0
}

export interface ChunkState {
  /** Null: lines that lie in no chunk. */
  no: number | null
  isDone: boolean
  /** As the chunk's row says. */
  lines: number
  fen: number
  /** As the lines themselves say. */
  linesFound: number
  fenFound: number
}

/** Every chunk of a run beside the lines that are really there, each line counted to the chunk whose range it lies in. */
export async function readChunkStates(
  owner: pg.Pool,
  { county, runNo }: { county: string; runNo: number },
): Promise<ChunkState[]> {
  const { rows } = await owner.query<ChunkState>(
    `with chunk as (
       select no, first_id, (row_number() over (order by first_id))::integer as place, done_at is not null as is_done,
              coalesce(lines, 0) as lines, coalesce(total_fen, 0) as fen
         from benefits.run_chunk where county = $1 and run_no = $2),
     line as (
       select width_bucket(award_id, (select array_agg(first_id order by first_id) from chunk)) as place,
              count(*) as lines, sum(fen)::bigint as fen
         from benefits.obligation_line where county = $1 and run_no = $2 group by 1)
     select chunk.no, coalesce(chunk.is_done, false) as "isDone", coalesce(chunk.lines, 0) as lines, coalesce(chunk.fen, 0) as fen,
            coalesce(line.lines, 0) as "linesFound", coalesce(line.fen, 0) as "fenFound"
       from chunk full join line using (place) order by chunk.no nulls last`,
    [county, runNo],
  )
  return rows
}

export interface RunState {
  status: string
  /** Findings about awards of chunks that are not done. */
  strayFindings: number
}

export async function readRunState(
  owner: pg.Pool,
  { county, runNo }: { county: string; runNo: number },
): Promise<RunState> {
  const { rows } = await owner.query<RunState>(
    `select status, (select count(*) from benefits.run_finding f join benefits.run_chunk c
                        on c.county = f.county and c.run_no = f.run_no and f.award_id between c.first_id and c.last_id
                      where f.county = r.county and f.run_no = r.no and c.done_at is null) as "strayFindings"
       from benefits.run r where county = $1 and no = $2`,
    [county, runNo],
  )
  const [state] = rows
  if (!state) throw new Error(`run ${runNo} is gone`)
  return state
}

/** Sums of hashes over all rows of the table: cheap, whatever their order, and no row can be lost, doubled or changed unseen. */
function sumOfRows(table: string): string {
  return `select count(*) || ' rows ' || coalesce(sum(fen), 0) || ' fen ' || coalesce(sum(hashtextextended(r::text, 0)), 0) as digest
            from ${table} r where county = $1`
}

async function readDigest(owner: pg.Pool, query: string, values: readonly unknown[]): Promise<string> {
  const { rows } = await owner.query<{ digest: string | null }>(query, [...values])
  return rows[0]?.digest ?? ''
}

/** What counts by now: lines of a run that is not published have numbers, but no fen. */
export function readBalanceDigest(owner: pg.Pool, county: string): Promise<string> {
  const counting = '(select county, for_month, award_id, fen from benefits.month_balance where fen <> 0)'
  return readDigest(owner, sumOfRows(counting), [county])
}

/** The md5 of a chunk's lines, every column of them, in the order of month, award and number. */
async function readChunkDigests(
  owner: pg.Pool,
  { county, runNo }: { county: string; runNo: number },
): Promise<string[]> {
  const months = await owner.query<{ month: string }>(
    'select distinct for_month as month from benefits.obligation_line where county = $1 and run_no = $2',
    [county, runNo],
  )
  const chunks = await owner.query<{ first: string; last: string }>(
    'select first_id as first, last_id as last from benefits.run_chunk where county = $1 and run_no = $2 order by no',
    [county, runNo],
  )
  const digests: string[] = []
  for (const { first, last } of chunks.rows) {
    const query = `select count(*) || ' ' || md5(coalesce(string_agg(l::text, e'\\n' order by for_month, award_id, seq), '')) as digest
       from benefits.obligation_line l
      where county = $1 and run_no = $2 and for_month = any ($3) and award_id between $4 and $5`
    const values = [county, runNo, months.rows.map(({ month }) => month), first, last]
    digests.push(await readDigest(owner, query, values))
  }
  return digests
}

/** Each gives one text that does not name what differs anyway: ids drawn at random, instants. $1 county, $2 run number. */
const OUTCOMES: Readonly<Record<string, string>> = {
  findings: `select count(*) || ' ' || md5(coalesce(string_agg(f::text, e'\\n' order by no), '')) as digest
    from benefits.run_finding f where county = $1 and run_no = $2`,
  chunks: `select md5(string_agg(concat_ws('|', no, first_id, last_id, lines, total_fen, summary, done_at is not null), e'\\n' order by no)) as digest
    from benefits.run_chunk where county = $1 and run_no = $2`,
  run: `select concat_ws('|', status, month, cut, base_no, lines, total_fen, md5(comparison::text)) as digest
    from benefits.run where county = $1 and no = $2`,
  claims: `select count(*) || ' ' || md5(coalesce(string_agg(concat_ws('|', award_id, for_month, status, opened_fen, open_fen), e'\\n' order by award_id, for_month, opened_at), '')) as digest
    from funds.claim where county = $1 and $2::integer is not null`,
  deeds: `select string_agg(event || ' ' || count, ', ' order by event) as digest
    from (select event, count(*) as count from platform.audit_row
           where county = $1 and $2::integer is not null and event like 'benefits.run.%' and outcome = 'done' group by event) each`,
}

/** What must not depend on where and how often a run was interrupted: by name, so that a difference says where it lies. */
export async function readOutcome(
  owner: pg.Pool,
  { county, runNo }: { county: string; runNo: number },
): Promise<Record<string, string>> {
  const outcome: Record<string, string> = {
    lines: await readDigest(owner, sumOfRows('benefits.obligation_line'), [county]),
    balances: await readBalanceDigest(owner, county),
  }
  for (const [name, query] of Object.entries(OUTCOMES))
    outcome[name] = await readDigest(owner, query, [county, runNo])
  for (const [index, digest] of (await readChunkDigests(owner, { county, runNo })).entries())
    outcome[`lines of chunk ${index + 1}`] = digest
  return outcome
}
