import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { rangeText, type Laying, type Span } from './timeline.rules.ts'

export type HolderKind = 'person' | 'organisation'

export interface HeldAccount {
  id: string
  holderKind: HolderKind
  holderId: string
  holderName: string
  bankCode: string
  /** Bound to `id`: a successor row carries its own. */
  numberCipher: string
}

export interface AccountRow extends Span, HeldAccount {
  numberHash: string
  numberTail: string
  town: string | null
  village: string | null
}

const HELD = sql`id, holder_kind, holder_id, holder_name, bank_code, number_cipher`

/** Where money for each of these holders goes on a day, as known now; holders without account are absent. */
export async function currentAccounts(
  db: Db,
  county: string,
  { holderIds, on }: { holderIds: readonly string[]; on: PlainDate },
): Promise<Map<string, HeldAccount>> {
  const { rows } = await sql<HeldAccount>`
    select ${HELD} from registry.bank_account
     where county = ${county} and holder_id = any (${holderIds}::uuid[])
       and superseded_at is null and not voided and valid @> ${on}::date`.execute(db)
  return new Map(rows.map((account) => [account.holderId, account]))
}

/** The same as known at a cut. */
export async function accountsAsKnown(
  db: Db,
  county: string,
  { holderIds, on, cut }: { holderIds: readonly string[]; on: PlainDate; cut: Instant },
): Promise<Map<string, HeldAccount>> {
  const { rows } = await sql<HeldAccount>`
    select ${HELD} from registry.bank_account
     where county = ${county} and holder_id = any (${holderIds}::uuid[])
       and recorded_at <= ${cut}::timestamptz and (superseded_at is null or superseded_at > ${cut}::timestamptz)
       and not voided and valid @> ${on}::date`.execute(db)
  return new Map(rows.map((account) => [account.holderId, account]))
}

/** Holders in reach who are known under this number, now or before. */
export async function listHoldersOf(db: Db, county: string, numberHash: string): Promise<string[]> {
  const { rows } = await sql<{ holderId: string }>`
    select distinct holder_id from registry.bank_account
     where county = ${county} and number_hash = ${numberHash} and not voided`.execute(db)
  return rows.map(({ holderId }) => holderId)
}

export async function listKnownAccounts(
  db: Db,
  county: string,
  holderIds: readonly string[],
): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select ${HELD}, root_id, number_hash, number_tail, town, village, lower(valid) as "from", upper(valid) as "to"
      from registry.bank_account
     where county = ${county} and holder_id = any (${holderIds}::uuid[]) and superseded_at is null and not voided
     order by holder_id, lower(valid)`.execute(db)
  return rows
}

export async function supersedeAccounts(
  tx: Tx,
  county: string,
  { ids, at }: { ids: readonly string[]; at: Instant },
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update registry.bank_account set superseded_at = ${at}::timestamptz
     where county = ${county} and id = any (${ids}::uuid[]) and superseded_at is null`.execute(tx)
}

/** Superseding comes first: the exclusion constraint looks at each row as it is written. */
export async function insertAccounts(
  tx: Tx,
  county: string,
  { laid, at, by }: { laid: Laying<AccountRow>['inserted']; at: Instant; by: string },
): Promise<void> {
  const rows = laid.map(({ span, isKnown }) => ({
    ...columnsOf(span, { county, at, by }),
    superseded_at: isKnown ? null : at,
    voided: false,
  }))
  await insertRows(tx, 'registry.bank_account', rows)
}

/** Accounts that were never anybody's after all. */
export async function insertUndoneAccounts(
  tx: Tx,
  county: string,
  { undone, at, by }: { undone: readonly AccountRow[]; at: Instant; by: string },
): Promise<void> {
  const rows = undone.map((span) => ({
    ...columnsOf(span, { county, at, by }),
    superseded_at: null,
    voided: true,
  }))
  await insertRows(tx, 'registry.bank_account', rows)
}

function columnsOf(span: AccountRow, { county, at, by }: { county: string; at: Instant; by: string }) {
  return {
    county,
    id: span.id,
    root_id: span.rootId,
    holder_kind: span.holderKind,
    holder_id: span.holderId,
    holder_name: span.holderName,
    bank_code: span.bankCode,
    number_cipher: span.numberCipher,
    number_hash: span.numberHash,
    number_tail: span.numberTail,
    valid: rangeText(span),
    town: span.town,
    village: span.village,
    recorded_by: by,
    recorded_at: at,
  }
}
