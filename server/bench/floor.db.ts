import type pg from 'pg'

/** The floor's own tables: nothing of the product reads or writes them. */
const TABLES = [
  `drop schema if exists floor cascade`,
  `create schema floor`,
  `create table floor.source (seq integer not null, person bigint not null, benefit text not null, amount bigint not null, account text not null)`,
  `create table floor.payment (
     run     integer not null,
     seq     integer not null,
     person  bigint not null,
     benefit text not null,
     period  text not null,
     amount  bigint not null,
     account text not null,
     status  text not null,
     primary key (run, seq)
   )`,
  `create index payment_by_person on floor.payment (person, period)`,
]

/** As many source rows as a run writes lines. */
export async function prepareFloor(owner: pg.Pool, rows: number): Promise<void> {
  for (const statement of TABLES) await owner.query(statement)
  await owner.query(
    `insert into floor.source
     select n, n, 'benefit_' || n % 5, 10000 + n % 50000, '62284800' || lpad(n::text, 11, '0') from generate_series(1, $1::integer) n`,
    [rows],
  )
  await owner.query('vacuum (analyze) floor.source')
}

/** performance.md §3: one INSERT … SELECT into a logged table with a primary key and one index, in one transaction. */
export async function runFloor(owner: pg.Pool): Promise<number> {
  const { rowCount } = await owner.query(
    `insert into floor.payment (run, seq, person, benefit, period, amount, account, status)
     select 1, seq, person, benefit, '2025-01', amount, account, 'ready' from floor.source`,
  )
  return rowCount ?? 0
}

/** Between two measurements: each begins with an empty table. */
export async function emptyFloor(owner: pg.Pool): Promise<void> {
  await owner.query('truncate floor.payment')
}
