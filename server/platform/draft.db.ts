import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'

/** Opens the drafts of one account for this transaction; without it there are none to be seen, whatever is asked for. */
export async function openDraftsOf(tx: Tx, accountId: string): Promise<void> {
  await sql`select set_config('app.actor', ${accountId}, true)`.execute(tx)
}

/** For the change of encryption keys alone. */
export async function openDraftsForRotation(tx: Tx): Promise<void> {
  await sql`select set_config('app.actor', 'rotation', true)`.execute(tx)
}

interface Place {
  county: string
  accountId: string
}

export interface DraftRow {
  id: string
  contentCipher: string
  version: number
  writer: string
  updatedAt: Instant
}

const COLUMNS = sql.raw('id, content_cipher, version, writer, updated_at')

/** The latest first. */
export async function listDrafts(
  db: Db,
  { county, accountId, form, subject }: Place & { form: string; subject: string },
): Promise<DraftRow[]> {
  const { rows } = await sql<DraftRow>`
    select ${COLUMNS} from platform.draft
     where county = ${county} and account_id = ${accountId} and form = ${form} and subject = ${subject}
     order by updated_at desc, id limit 20`.execute(db)
  return rows
}

export interface UnsentRow {
  id: string
  form: string
  subject: string
  updatedAt: Instant
}

/** All of one account, without what they say; the latest first. */
export async function listUnsent(db: Db, { county, accountId }: Place): Promise<UnsentRow[]> {
  const { rows } = await sql<UnsentRow>`
    select id, form, subject, updated_at from platform.draft
     where county = ${county} and account_id = ${accountId} order by updated_at desc, id`.execute(db)
  return rows
}

export async function findDraftForUpdate(
  tx: Tx,
  { county, accountId, id }: Place & { id: string },
): Promise<DraftRow | undefined> {
  const { rows } = await sql<DraftRow>`
    select ${COLUMNS} from platform.draft
     where county = ${county} and id = ${id} and account_id = ${accountId} for update`.execute(tx)
  return rows[0]
}

export async function countDrafts(db: Db, { county, accountId }: Place): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from platform.draft where county = ${county} and account_id = ${accountId}`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

interface NewDraft extends Place {
  id: string
  form: string
  subject: string
  cipher: string
  writer: string
  version: number
}

/** Undefined = the id is taken: by another request of the same form at this moment, or by somebody else. */
export async function insertDraft(tx: Tx, draft: NewDraft): Promise<Instant | undefined> {
  const { rows } = await sql<{ updatedAt: Instant }>`
    insert into platform.draft (county, id, account_id, form, subject, content_cipher, writer, version)
    values (${draft.county}, ${draft.id}, ${draft.accountId}, ${draft.form}, ${draft.subject}, ${draft.cipher},
            ${draft.writer}, ${draft.version})
    on conflict (county, id) do nothing returning updated_at`.execute(tx)
  return rows[0]?.updatedAt
}

export async function updateDraft(
  tx: Tx,
  draft: Pick<NewDraft, 'county' | 'id' | 'cipher' | 'writer' | 'version'>,
): Promise<Instant> {
  const { rows } = await sql<{ updatedAt: Instant }>`
    update platform.draft set content_cipher = ${draft.cipher}, writer = ${draft.writer}, version = ${draft.version},
                              updated_at = clock_timestamp()
     where county = ${draft.county} and id = ${draft.id} returning updated_at`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('a locked draft is there')
  return row.updatedAt
}

/** How often it had been saved; undefined = there was none. */
export async function deleteDraft(
  tx: Tx,
  { county, accountId, id }: Place & { id: string },
): Promise<number | undefined> {
  const { rows } = await sql<{ version: number }>`
    delete from platform.draft where county = ${county} and id = ${id} and account_id = ${accountId} returning version`.execute(
    tx,
  )
  return rows[0]?.version
}

/** Of all counties and accounts: for the sweep, which bypasses row-level security. */
export async function deleteOldDrafts(db: Db, days: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from platform.draft where updated_at < clock_timestamp() - make_interval(days => ${days})`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0n)
}
