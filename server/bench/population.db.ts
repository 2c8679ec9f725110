import type pg from 'pg'
import { copyIn } from '../platform/copy.ts'
import type { Month } from '../platform/dates.ts'
import { addRows, TARGETS, type RowContext, type Rows, type Target } from './copy-rows.ts'
import { withoutIndexes } from './bulk-load.db.ts'
import type { PlannedAward } from './plan.ts'

/** What the history repeats every month for an award: written once, from the programme's own assessment. */
export interface Assessment {
  category: string
  persons: number
  dueFen: number
  detail: string
}

const PLAN = `
  create schema if not exists bench;
  create unlogged table bench.plan (
    award_id   uuid primary key,
    program    text not null,
    category   text not null,
    persons    smallint not null,
    due_fen    bigint not null,
    town       text,
    village    text,
    from_month text not null,
    to_month   text,
    detail     json not null
  ) with (autovacuum_enabled = false)`

const AWARDS_PER_BLOCK = 20_000

interface Loading {
  awards: Iterable<PlannedAward>
  context: RowContext
  assess: (award: PlannedAward, determinationId: string) => Assessment
  onProgress: (awards: number) => void
}

/** Writes awards, decisions, spans and coverage by COPY, one connection a table. */
export async function loadPopulation(owner: pg.Pool, loading: Loading): Promise<number> {
  await owner.query(PLAN)
  const targets = Object.keys(TARGETS) as Target[]
  const tables = [
    'benefits.award',
    'benefits.determination',
    'benefits.determination_span',
    'benefits.coverage',
  ]
  let count = 0
  await withoutIndexes(owner, tables, async () => {
    const clients = await Promise.all(targets.map(() => owner.connect()))
    try {
      const later: Later = new Map()
      for (const rows of blocksOf(loading, later)) {
        await Promise.all(targets.map((target, index) => copyBlock(clients[index], target, rows)))
        count += rows.award.length
        loading.onProgress(count)
      }
      for (const [, span] of [...later].sort(([a], [b]) => (a < b ? -1 : 1)))
        await copyBlock(clients[0], 'span', { ...emptyRows(), span })
    } finally {
      for (const client of clients) client.release()
    }
  })
  return count
}

async function copyBlock(client: pg.PoolClient | undefined, target: Target, rows: Rows): Promise<void> {
  if (client) await copyIn(client, TARGETS[target], rows[target])
}

/** Spans that a second decision left, by the instant it was recorded: they lie behind all that was recorded before. */
type Later = Map<string, string[]>

function* blocksOf({ awards, context, assess }: Loading, later: Later): Generator<Rows> {
  let rows = emptyRows()
  for (const award of awards) {
    const before = rows.span.length
    const determinationId = addRows(rows, award, context)
    for (const span of rows.span.splice(before + 1)) {
      const recordedAt = span.split('\t').at(-2) ?? ''
      const same = later.get(recordedAt)
      if (same) same.push(span)
      else later.set(recordedAt, [span])
    }
    const { category, persons, dueFen, detail } = assess(award, determinationId)
    const life = [award.from, award.end?.from ?? '\\N']
    rows.plan.push(
      `${[award.id, award.program, category, persons, dueFen, award.town, award.village, ...life, detail].join('\t')}\n`,
    )
    if (rows.award.length < AWARDS_PER_BLOCK) continue
    yield rows
    rows = emptyRows()
  }
  if (rows.award.length > 0) yield rows
}

function emptyRows(): Rows {
  return { award: [], determination: [], span: [], coverage: [], plan: [] }
}

/** Settles the tables as in a database that has been running for years: statistics, visibility, block ranges. */
export async function settle(owner: pg.Pool): Promise<void> {
  await owner.query('vacuum (analyze)')
  await owner.query('checkpoint')
}

/** For the run without statistics: nothing may gather them behind the bench's back. */
export async function keepStatisticsAway(owner: pg.Pool): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('benefits', 'funds', 'platform', 'registry')`,
  )
  for (const { name } of rows) await owner.query(`alter table ${name} set (autovacuum_enabled = false)`)
}

export async function checkpoint(owner: pg.Pool): Promise<void> {
  await owner.query('checkpoint')
}

/** Awards that the plan has in force in a month: as many lines a regular run writes, but for corrections. */
export async function countPlannedLines(owner: pg.Pool, month: Month): Promise<number> {
  const { rows } = await owner.query<{ lines: number }>(
    'select count(*) as lines from bench.plan where from_month <= $1 and (to_month is null or to_month > $1)',
    [month],
  )
  return rows[0]?.lines ?? 0
}

/** Award-months whose published lines do not add up to what the last of them says was due: must be 0. */
export async function countWrongBalances(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ wrong: number }>(
    `select count(*) as wrong from (
       select sum(l.fen) as fen, (array_agg(l.due_fen order by l.seq desc))[1] as due
         from benefits.obligation_line l join benefits.run r on r.county = l.county and r.no = l.run_no and r.status = 'published'
        group by l.county, l.for_month, l.award_id) months
      where fen <> due`,
  )
  return rows[0]?.wrong ?? 0
}
