import { sql, type Db, type Tx } from './db.ts'

export interface BackfillMark {
  afterKey: string | null
  doneRows: number
  isFinished: boolean
}

export interface BackfillState extends BackfillMark {
  county: string
  name: string
}

/** The mark of one backfill in one county, locked: a second process waits here and goes on from where the first one came to. */
export async function lockBackfill(tx: Tx, county: string, name: string): Promise<BackfillMark> {
  await sql`insert into platform.backfill (county, name) values (${county}, ${name}) on conflict do nothing`.execute(
    tx,
  )
  const { rows } = await sql<BackfillMark>`
    select after_key, done_rows, finished_at is not null as is_finished from platform.backfill
     where county = ${county} and name = ${name} for update`.execute(tx)
  return rows[0] ?? { afterKey: null, doneRows: 0, isFinished: false }
}

export async function moveBackfill(
  tx: Tx,
  { county, name }: { county: string; name: string },
  { rows, afterKey }: { rows: number; afterKey: string | null },
): Promise<void> {
  await sql`
    update platform.backfill
       set done_rows = done_rows + ${rows},
           after_key = coalesce(${afterKey}::text, after_key),
           finished_at = case when ${afterKey}::text is null then now() end
     where county = ${county} and name = ${name}`.execute(tx)
}

/** All marks; asked by a role that sees behind row-level security. */
export async function listBackfills(db: Db): Promise<BackfillState[]> {
  const { rows } = await sql<BackfillState>`
    select county, name, after_key, done_rows, finished_at is not null as is_finished
      from platform.backfill order by name, county`.execute(db)
  return rows
}
