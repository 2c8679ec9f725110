import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listSupported } from '../server/domains/social-assistance/care-agreement.db.ts'
import { countLiveAgreements, listRoll } from '../server/domains/social-assistance/figures.db.ts'
import {
  listAwardsAround,
  listExplainedOfAwards,
  listLinesOfAwards,
  listSpansKnown,
} from '../server/engines/benefits/award-file.db.ts'
import { listClaimsOf, listPaymentsOf } from '../server/engines/funds/cash-file.db.ts'
import { insertClaims, listOpenClaims, updateClaims } from '../server/engines/funds/claim.db.ts'
import { holdsOn, listHeldAwards } from '../server/engines/funds/hold.db.ts'
import { payablesOf, unsettledOf } from '../server/engines/funds/payable.db.ts'
import { listPendingLines } from '../server/engines/funds/pending.db.ts'
import { listReissued } from '../server/engines/funds/result.db.ts'
import { listRunInstructions } from '../server/engines/funds/settlement.db.ts'
import { listFileFacts, listHousemates, listRecords } from '../server/engines/registry/person-file.db.ts'
import { listByFullName, listByNameKeys, listByNumbers } from '../server/engines/registry/search.db.ts'
import { setScope } from '../server/platform/access.ts'
import type { Schema, Tx } from '../server/platform/db.ts'
import { testDb, type TestDb } from './db.ts'

/**
 * A table that was filled a moment ago has no statistics: the planner takes it for a few rows and may loop over all of it for
 * each row of another. So the work is counted, not the plan judged: rows touched by all nodes over all loops, per row of the data.
 */
const ROWS = 2000
const COUNTY = '441882'
const MONTH = '2020-06'
/** A look-up by index touches one row; a handful of look-ups, sorts and aggregates a handful. All pairs are ROWS. */
const MOST_PER_ROW = 40

let db: TestDb
let asked: CompiledQuery[] = []
let watched: Kysely<Schema>
let months: { awardId: string; forMonth: string }[] = []
let instructions: string[] = []
let claims: string[] = []
let newcomers: string[] = []

beforeAll(async () => {
  db = await testDb()
  watched = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: db.deps.database.pools.minben_app }),
    plugins: [new CamelCasePlugin()],
    log: ({ query }) => {
      asked.push(query)
    },
  })
  await fill()
})
afterAll(() => db.close())

const SOMEBODY = '00000000-0000-4000-8000-000000000001'

/** Everybody has an award, an agreement, paid lines, one returned and sent again, and an open claim; one in ten is held, one in twenty merged. */
async function fill(): Promise<void> {
  const many = `(select n, md5('award' || n)::uuid as award, md5('person' || n)::uuid as person, '441882100' as town,
                        '441882100001' as village from generate_series(1, ${ROWS}) n) x`
  await db.pool.query(`
    insert into registry.person (county, id, full_name, id_kind, town, village, alias_of, recorded_at)
      select '${COUNTY}', person, '某人', 'none', town, village, case when n % 20 = 0 then md5('person' || (n - 1))::uuid end, now()
        from ${many};
    insert into registry.name_key (county, key, person_id, town, village)
      select '${COUNTY}', key, person, town, village from ${many}, unnest(array['某', '人', '某人']) key;
    insert into benefits.award (county, id, program, holder_kind, holder_id, town, village, ledger_opens_month, created_by, recorded_at)
      select '${COUNTY}', award, 'extreme_poverty_support', 'person', person, town, village, '2020-01', person, now() from ${many};
    insert into benefits.coverage (county, id, span_id, award_id, person_id, exclusive_key, valid, town, village, recorded_at)
      select '${COUNTY}', award, award, award, person, 'basic_living', '[2020-01-01,)', town, village, now() from ${many};
    insert into social_assistance.care_agreement (county, id, root_id, person_id, carer_kind, carer_name, valid, town, village,
                                                  recorded_by, recorded_at)
      select '${COUNTY}', award, award, person, 'person', '甲', '[2020-01-01,)', town, village, person, '2020-01-01' from ${many};
    insert into benefits.run (county, no, program_group, month, is_full, cut, above_cut, formulas, status, lines, total_fen, started_by,
                              started_at, checked_by, approved_by, published_at)
      select '${COUNTY}', n, 'basic_assistance', '2020-' || lpad(n::text, 2, '0'), true, '2020-06-01', '2020-06-01', '{}', 'published',
             0, 0, '${SOMEBODY}', now(), gen_random_uuid(), gen_random_uuid(), now() from generate_series(1, 6) n;
    insert into benefits.obligation_line (county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town,
                                          village, detail)
      select '${COUNTY}', '2020-' || lpad(run::text, 2, '0'), award, 1, run, 100, 100, 1, 'extreme_poverty_support', 'rural', town, village,
             json_build_object('shares', json_build_array(json_build_array(person, 100)), 'payee',
                               json_build_object('kind', 'person', 'id', person))
        from ${many}, generate_series(1, 6) run;
    insert into funds.batch (county, no, program_group, fiscal_year, title, layout, labels, status, lines, total_fen, made_by, made_at)
      values ('${COUNTY}', 1, 'basic_assistance', 2020, '一', '{}', '{}', 'draft', 0, 0, '${SOMEBODY}', now());
    insert into funds.instruction (county, id, batch_no, ref, award_id, for_month, line_seq, program, fen, payee_kind, payee_id,
                                   payee_name, bank_code, account_cipher, status, town, village, created_at, status_at)
      select '${COUNTY}', md5(status || run || award)::uuid, 1, status || run || '-' || n, award, '2020-' || lpad(run::text, 2, '0'), 1,
             'extreme_poverty_support', 100, 'person', person, '某人', '103', '', status, town, village, now(), now()
        from ${many}, generate_series(1, 5) run, unnest(array['returned', 'paid']) status
       where status = 'paid' or run = 5;
    insert into funds.claim (county, id, award_id, for_month, status, opened_fen, open_fen, town, village, opened_at)
      select '${COUNTY}', md5('claim' || n)::uuid, award, '${MONTH}', 'open', 100, 100, town, village, now() from ${many};
    insert into funds.hold (county, id, root_id, award_id, person_id, from_month, cause, evidence, review_on, town, village, set_by,
                            recorded_at)
      select '${COUNTY}', award, award, case when n % 20 = 0 then award end, case when n % 20 = 10 then person end, '2020-01', '核查', '文',
             '2020-12-31', town, village, person, now() from ${many} where n % 10 = 0;`)
  const ids = async (text: string) => (await db.pool.query<{ id: string }>(text)).rows.map(({ id }) => id)
  const awards = await ids('select id from benefits.award order by id')
  months = awards.map((awardId) => ({ awardId, forMonth: MONTH }))
  instructions = await ids(`select id from funds.instruction where status = 'returned' order by id`)
  claims = await ids('select id from funds.claim order by id')
  newcomers = awards
}

/** Rows touched by the statements that the work asks, and the statement that touched most. */
async function touchedBy(work: (tx: Tx) => Promise<unknown>): Promise<{ touched: number; plans: string }> {
  let touched = 0
  const plans: string[] = []
  await inRolledBack(work)
  const statements = asked.filter(({ sql }) =>
    /\b(registry|funds|benefits|report|social_assistance)\./.test(sql),
  )
  for (const { sql: text, parameters } of statements) {
    await inRolledBack(async (tx) => {
      const { rows } = await tx.executeQuery<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        CompiledQuery.raw(`explain (analyze, timing off, format json) ${text}`, [...parameters]),
      )
      const [first] = rows
      const plan = first?.['QUERY PLAN'][0].Plan
      if (!plan) throw new Error('no plan')
      touched += rowsTouched(plan)
      plans.push(...linesOf(plan, 0))
    })
  }
  expect(statements.length).toBeGreaterThan(0)
  return { touched, plans: plans.join('\n') }
}

async function inRolledBack(work: (tx: Tx) => Promise<unknown>): Promise<void> {
  const over = new Error('rolled back')
  asked = []
  const mine: CompiledQuery[] = []
  await watched
    .transaction()
    .execute(async (tx) => {
      await setScope(tx, [COUNTY])
      asked = []
      await work(tx)
      mine.push(...asked)
      throw over
    })
    .catch((error: unknown) => {
      if (error !== over) throw error
    })
  asked = mine
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  Plans?: PlanNode[]
  [removed: string]: unknown
}

function ownRows(node: PlanNode): number {
  const removed = Object.entries(node)
    .filter(([key]) => key.startsWith('Rows Removed by'))
    .reduce((sum, [, rows]) => sum + Number(rows), 0)
  return (node['Actual Rows'] + removed) * node['Actual Loops']
}

function rowsTouched(node: PlanNode): number {
  return (node.Plans ?? []).reduce((sum, child) => sum + rowsTouched(child), ownRows(node))
}

function linesOf(node: PlanNode, depth: number): string[] {
  const what = [node['Node Type'], node['Relation Name'], node['Index Name']].filter(Boolean).join(' ')
  const own = `${' '.repeat(2 * depth)}${what}: ${ownRows(node)} in ${node['Actual Loops']}`
  return [own, ...(node.Plans ?? []).flatMap((child) => linesOf(child, depth + 1))]
}

const TAILS = [[['id_tail', 'x'] as const, ['phone_tail', 'x'] as const]]
const NUMBER = [[['id_hash', 'x'] as const]]
const PHONE = [[['phone_hash', 'x'] as const]]
const at = '2020-07-01T00:00:00.000000Z'

describe('on tables without statistics no statement loops over all rows for each row', () => {
  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['countLiveAgreements', (tx) => countLiveAgreements(tx, COUNTY, MONTH)],
    ['listRoll', (tx) => listRoll(tx, COUNTY, MONTH)],
    ['listSupported', (tx) => listSupported(tx, { county: COUNTY, on: '2020-06-30' })],
    ['payablesOf', (tx) => payablesOf(tx, COUNTY, months)],
    ['unsettledOf', (tx) => unsettledOf(tx, COUNTY, months)],
    ['listOpenClaims', (tx) => listOpenClaims(tx, COUNTY, months)],
    [
      'insertClaims',
      (tx) =>
        insertClaims(
          tx,
          { county: COUNTY, at },
          newcomers.map((awardId) => ({ awardId, forMonth: '2020-05', fen: 1 })),
        ),
    ],
    [
      'updateClaims',
      (tx) =>
        updateClaims(
          tx,
          COUNTY,
          claims.map((id) => ({ id, fen: 50, grown: 0 })),
        ),
    ],
    ['holdsOn', (tx) => holdsOn(tx, COUNTY, months)],
    ['listHeldAwards', (tx) => listHeldAwards(tx, COUNTY, MONTH)],
    [
      'listPendingLines',
      (tx) =>
        listPendingLines(tx, {
          county: COUNTY,
          runs: [1, 2, 3, 4, 5, 6].map((no) => ({ no, isOpen: no === 6 })),
        }),
    ],
    ['listReissued', (tx) => listReissued(tx, COUNTY, instructions)],
    ['listRunInstructions', (tx) => listRunInstructions(tx, COUNTY, 5)],
  ])('%s', async (_, work) => {
    const { touched, plans } = await touchedBy(work)
    expect(touched / ROWS, plans).toBeLessThan(MOST_PER_ROW)
  })

  const one = () => ({ awardIds: months.slice(0, 1).map(({ awardId }) => awardId), cut: null })
  const somebody = '00000000-0000-4000-8000-000000000002'
  const unnamed = { keys: [], places: [] }
  const nobody = { name: '无名', keys: ['无名'], places: [['441882100']] }
  const year = ['2020-01', '2020-02', '2020-03', '2020-04', '2020-05', '2020-06']

  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['records of a person', (tx) => listRecords(tx, COUNTY, somebody)],
    ['housemates', (tx) => listHousemates(tx, COUNTY, { personIds: [somebody], cut: null })],
    ['people of a name', (tx) => listByFullName(tx, COUNTY, { ...nobody, limit: 13 })],
    ['people of part of a name', (tx) => listByNameKeys(tx, COUNTY, { ...nobody, limit: 13 })],
    [
      'people of the last four of a number or of a phone',
      (tx) => listByNumbers(tx, COUNTY, { ...nobody, numbers: TAILS, limit: 13 }),
    ],
    ['people of a number', (tx) => listByNumbers(tx, COUNTY, { ...unnamed, numbers: NUMBER, limit: 13 })],
    ['people of a phone', (tx) => listByNumbers(tx, COUNTY, { ...unnamed, numbers: PHONE, limit: 13 })],
    ['facts', (tx) => listFileFacts(tx, COUNTY, { personIds: [somebody], cut: null })],
    [
      'awards',
      (tx) => listAwardsAround(tx, COUNTY, { holderIds: [somebody], personIds: [somebody], cut: null }),
    ],
    ['spans', (tx) => listSpansKnown(tx, COUNTY, one())],
    ['lines', (tx) => listLinesOfAwards(tx, COUNTY, { ...one(), months: year })],
    ['explained lines', (tx) => listExplainedOfAwards(tx, COUNTY, { ...one(), months: year })],
    ['payments', (tx) => listPaymentsOf(tx, COUNTY, one())],
    ['claims', (tx) => listClaimsOf(tx, COUNTY, one().awardIds)],
  ])('the file of one person reads a handful of rows: %s', async (_, work) => {
    const { touched, plans } = await touchedBy(work)
    expect(touched, plans).toBeLessThan(100)
  })

  test('and the tables had none', async () => {
    const { rows } = await db.pool.query<{ n: number }>(
      `select count(*)::int as n from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where s.nspname in ('funds', 'benefits', 'registry', 'social_assistance') and c.relkind = 'r' and c.reltuples >= 0`,
    )
    expect(rows).toEqual([{ n: 0 }])
  })

  test('a loop over all pairs would be seen', async () => {
    const pairs = (tx: Tx) =>
      tx.executeQuery(
        CompiledQuery.raw(
          'select count(*) from funds.claim c join benefits.award a on c.opened_fen > length(a.program)',
          [],
        ),
      )
    expect((await touchedBy(pairs)).touched / ROWS).toBeGreaterThan(MOST_PER_ROW)
  })
})
