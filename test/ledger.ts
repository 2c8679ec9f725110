import { randomUUID } from 'node:crypto'
import { encryptField, indexKeyOf } from '../server/platform/field-crypto.ts'
import type { TestDb } from './db.ts'

/** Plants what benefits and registry would have written: published runs, lines, awards, people with accounts. */

export interface PlantedLine {
  awardId: string
  forMonth: string
  fen: number
  payeeId?: string
  payeeKind?: 'person' | 'organisation'
  program?: string
  town?: string
}

export interface PlantedRun {
  county: string
  lines: readonly PlantedLine[]
  group?: string
  status?: string
}

const SOMEBODY = '00000000-0000-4000-8000-000000000001'
const APPROVER = '00000000-0000-4000-8000-000000000002'
const CHECKER = '00000000-0000-4000-8000-000000000003'

/** A run with its lines, published unless said otherwise; returns its number. Nothing of the cash ledger is told. */
export async function plantRun(
  db: TestDb,
  { county, lines, group = 'basic_assistance', status = 'published' }: PlantedRun,
): Promise<number> {
  const client = await db.pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{ value: number }>(
      `insert into platform.counter values ($1, 'run', 1) on conflict (county, name) do update set value = counter.value + 1 returning value`,
      [county],
    )
    const no = rows[0]?.value ?? 0
    const isCancelled = status === 'cancelled'
    await client.query(
      `insert into benefits.run (county, no, program_group, month, is_full, cut, above_cut, formulas, status, started_by, started_at,
                                 checked_by, checked_at, approved_by, approved_at, published_by, published_at, cancelled_by, cancelled_at)
       values ($1, $2, $3, '2026-01', false, clock_timestamp(), clock_timestamp(), '{}', $4, $5, clock_timestamp(),
               $8, clock_timestamp(), $6, clock_timestamp(), $6, clock_timestamp(), $7, case when $7::uuid is not null then clock_timestamp() end)`,
      [county, no, group, status, SOMEBODY, APPROVER, isCancelled ? APPROVER : null, CHECKER],
    )
    await client.query(
      `insert into benefits.obligation_line (county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town, detail)
       select $1, n."forMonth", n."awardId",
              1 + coalesce((select max(o.seq) from benefits.obligation_line o
                             where o.county = $1 and o.for_month = n."forMonth" and o.award_id = n."awardId"), 0)
                + (row_number() over (partition by n."awardId", n."forMonth" order by n.place))::int - 1,
              $2, n.fen, greatest(n.fen, 0), 1, coalesce(n.program, 'subsistence_allowance'), 'rural', n.town,
              json_build_object('payee', case when n."payeeId" is null then null
                                              else json_build_object('kind', coalesce(n."payeeKind", 'person'), 'id', n."payeeId") end)
         from json_to_recordset($3::json) as n (place int, "awardId" uuid, "forMonth" text, fen bigint, "payeeId" uuid,
                                                "payeeKind" text, program text, town text)`,
      [county, no, JSON.stringify(lines.map((line, place) => ({ ...line, place })))],
    )
    await client.query('commit')
    return no
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** A person with an award and, unless said otherwise, an account current from 2020; returns the ids. */
export async function plantAward(
  db: TestDb,
  {
    county,
    town = null,
    name = '张三',
    hasAccount = true,
    replaces,
    holderKind = 'person',
    program = 'subsistence_allowance',
  }: {
    county: string
    town?: string | null
    name?: string
    hasAccount?: boolean
    replaces?: { awardId: string; fromMonth: string }
    holderKind?: 'person' | 'household'
    program?: string
  },
): Promise<{ awardId: string; payeeId: string }> {
  const awardId = randomUUID()
  const payeeId = randomUUID()
  await db.pool.query(
    `insert into registry.person (county, id, full_name, id_kind, town, recorded_at) values ($1, $2, $3, 'none', $4, now())`,
    [county, payeeId, name, town],
  )
  await db.pool.query(
    `insert into benefits.award (county, id, program, holder_kind, holder_id, town, ledger_opens_month, replaces_id, replaces_from, created_by, recorded_at)
     values ($1, $2, $3, $4, $5, $6, '2020-01', $7, $8, $9, now())`,
    [
      county,
      awardId,
      program,
      holderKind,
      holderKind === 'person' ? payeeId : randomUUID(),
      town,
      replaces?.awardId ?? null,
      replaces?.fromMonth ?? null,
      SOMEBODY,
    ],
  )
  if (hasAccount) await plantAccount(db, { county, holderId: payeeId, name })
  return { awardId, payeeId }
}

let accounts = 0

export async function plantAccount(
  db: TestDb,
  {
    county,
    holderId,
    name = '张三',
    kind = 'person',
  }: { county: string; holderId: string; name?: string; kind?: 'person' | 'organisation' },
): Promise<string> {
  const id = randomUUID()
  const number = `62170000${String(++accounts).padStart(11, '0')}`
  const { keys } = db.deps
  const cipher = encryptField(
    keys,
    { table: 'registry.bank_account', column: 'number_cipher', rowId: id },
    number,
  )
  await db.pool.query(
    `insert into registry.bank_account (county, id, root_id, holder_kind, holder_id, holder_name, bank_code, number_cipher, number_hash,
                                        number_tail, valid, recorded_by, recorded_at)
     values ($1, $2, $2, $3, $4, $5, '103588000018', $6, $7, $8, '[2020-01-01,)', $9, now())`,
    [
      county,
      id,
      kind,
      holderId,
      name,
      cipher,
      indexKeyOf(keys, { county, kind: 'account' }, number),
      indexKeyOf(keys, { county, kind: 'id_tail' }, number),
      SOMEBODY,
    ],
  )
  return number
}
