import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { figureSets, programs } from '../server/app.ts'
import { loadDemo } from '../server/demo/load.ts'
import type { PaidMonth } from '../server/demo/pay.ts'
import { eventsOf } from '../server/demo/plan.ts'
import { buildSmallPlan, villageAfter } from '../server/demo/small-plan.ts'
import { replayRun } from '../server/engines/benefits/index.ts'
import { readBatchFile, readOrders } from '../server/engines/funds/index.ts'
import { answerFigures, type Mark } from '../server/engines/indicators/index.ts'
import { currentFacts } from '../server/engines/registry/index.ts'
import { setScope } from '../server/platform/access.ts'
import { insertRoles } from '../server/platform/account.db.ts'
import type { Tx } from '../server/platform/db.ts'
import { ROLES } from '../server/roles.ts'
import { actorOf } from './actors.ts'
import { CHANGES, openBar } from './run-bars.ts'
import { testDb, type TestDb } from './db.ts'
import { CSV } from './funds-office.ts'

/** The small scenario with every planted case: what each story must leave behind in the books. */

const plan = buildSmallPlan({ plants: true })
const { county } = plan
const change = plan.areaChange ?? { on: '', end: [], begin: [], moves: {} }
const MERGED_TOWN = '441882109'

let db: TestDb
let paid: PaidMonth[]

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: `${plan.openedOn}T08:00:00+08:00` } })
  await db.deps.database.app.transaction().execute((tx) => insertRoles(tx, ROLES))
  paid = await loadDemo(db.deps, plan)
}, 300_000)
afterAll(() => db.close())

async function ask<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await db.pool.query(text, values)).rows as Row[]
}

describe('the merge of 九陂镇 on 2020-06-30', () => {
  test('13 stations and 154 village committees end, 13 committees and 154 groups begin, on that day', async () => {
    const counted = (bound: 'lower' | 'upper') =>
      ask<{ level: string; areas: number }>(
        `select level, count(*) as areas from registry.area
          where superseded_at is null and code like $1 and ${bound}(valid) = '2020-06-30' group by level order by level`,
        [`${MERGED_TOWN}%`],
      )
    expect(await counted('upper')).toEqual([
      { level: 'service_station', areas: 13 },
      { level: 'village', areas: 154 },
    ])
    expect(await counted('lower')).toEqual([
      { level: 'village', areas: 13 },
      { level: 'village_group', areas: 154 },
    ])
  })

  test('every resident has one village in force, and no row of any table names one that ended', async () => {
    const [row] = await ask<{ people: number; villages: number; places: number }>(
      `select count(*) as people, count(distinct p.village) as villages, count(a.code) as places
         from registry.person p
         left join registry.area a on a.code = p.village and a.superseded_at is null and a.level in ('village', 'community') and upper(a.valid) is null
        where p.town = $1`,
      [MERGED_TOWN],
    )
    expect(row?.villages).toBe(13)
    expect(row?.people).toBeGreaterThan(200)
    expect(row?.places).toBe(row?.people)
    const tables = await ask<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'village' where c.relkind = 'r' order by 1`,
    )
    expect(tables.length).toBeGreaterThan(10)
    for (const { name } of tables) {
      const left = await ask(`select from ${name} where village = any ($1)`, [change.end])
      expect([name, left.length]).toEqual([name, 0])
    }
  })

  test.each([
    ['2020-06-29', (village: string) => village],
    ['2020-06-30', (village: string) => villageAfter(change, village)],
  ] as const)('where somebody lived on %s: exactly one village, the right one', async (on, expected) => {
    const facts = await currentFacts(db.deps.database.runner, { county, kinds: ['residence'], on })
    const residents = plan.people.filter(({ town, bornOn }) => town === MERGED_TOWN && bornOn <= on)
    const lived = (id: string) =>
      facts.filter(({ personId }) => personId === id).map(({ value }) => value['village'])
    expect(residents.length).toBeGreaterThan(200)
    for (const { id, village } of residents) expect([id, lived(id)]).toEqual([id, [expected(village)]])
  })
})

describe('the planted stories', () => {
  test('a payment that came back is issued once more, in the next batch of its group', async () => {
    const [april] = plan.months.flatMap(({ returns }) => returns)
    const issued = await ask<{ batch: number; status: string }>(
      `select batch_no as batch, status from funds.instruction where award_id = $1 and for_month = $2 order by batch_no`,
      [april?.awardId, april?.forMonth],
    )
    const batchOf = (month: string) =>
      paid.find((each) => each.month === month && each.group === 'basic_assistance')?.batchNo
    expect(issued).toEqual([
      { batch: batchOf('2020-04'), status: 'returned' },
      { batch: batchOf('2020-05'), status: 'paid' },
    ])
    expect(paid.filter(({ returnedLines }) => returnedLines > 0).map(({ month }) => month)).toEqual([
      '2020-04',
    ])
  })

  test('what was paid after an unknown death is claimed month by month and given back', async () => {
    const receipt = eventsOf(plan).find((event) => event.kind === 'receipt')
    if (receipt?.kind !== 'receipt') throw new Error('the scenario has money given back')
    const claims = await ask(
      `select c.for_month as month, c.opened_fen as fen, c.closed_by as closed, (select sum(r.fen)::bigint from funds.receipt r where r.claim_id = c.id) as back
         from funds.claim c where c.award_id = $1 order by c.for_month`,
      [receipt.awardId],
    )
    expect(claims).toEqual(
      receipt.months.map(({ month, fen }) => ({ month, fen, closed: 'receipt', back: fen })),
    )
    const [open] = await ask<{ claims: number }>(
      `select count(*) as claims from funds.claim where status = 'open'`,
    )
    expect(open?.claims).toBe(0)
  })

  test('the number entered a second time was refused, and nobody is on file twice', async () => {
    const refused = await ask(
      `select event, outcome from platform.audit_row where code = 'registry.identity_taken'`,
    )
    expect(refused).toEqual([{ event: 'registry.person.registered', outcome: 'failed' }])
    const joined = eventsOf(plan).filter(
      (event) => (event.kind === 'birth' || event.kind === 'membership') && event.person,
    )
    const [people] = await ask<{ all: number; numbers: number }>(
      `select count(*) as all, count(distinct id_hash) as numbers from registry.person`,
    )
    const expected = plan.people.length + joined.length
    expect(people).toEqual({ all: expected, numbers: expected })
  })

  test('the death entered on a namesake is undone and cost nobody money', async () => {
    const [undone] = eventsOf(plan).filter((event) => event.kind === 'undo')
    const death = eventsOf(plan).find(({ id }) => undone?.kind === 'undo' && id === undone.eventId)
    if (death?.kind !== 'death') throw new Error('the scenario has a wrong death')
    const known = await currentFacts(db.deps.database.runner, {
      county,
      personIds: [death.personId],
      kinds: ['death'],
    })
    expect(known).toEqual([])
  })
})

describe('the figures', () => {
  const LAST = plan.months.at(-1)?.month ?? ''
  const questions = [
    { county, kind: 'as_of', month: LAST },
    { county, kind: 'as_of', month: '2020-06' },
    { county, kind: 'period', from: '2020-01', to: LAST },
  ] as const

  /** As a person of the whole county asks. */
  function asWhole<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return db.deps.database.app.transaction().execute(async (tx) => {
      await setScope(tx, [county])
      return work(tx)
    })
  }

  test.each(questions)(
    'are the same for a person of the whole county as behind all guards: %o',
    async (question) => {
      const seen = await asWhole((tx) => answerFigures(tx, figureSets, question))

      expect(seen).toEqual(await answerFigures(db.deps.database.runner, figureSets, question))
      expect(seen.filter(({ value }) => value > 0).length).toBeGreaterThan(6)
    },
  )

  test.each(questions)('that are counts open exactly as many rows, each once: %o', async (question) => {
    await asWhole(async (tx) => {
      const figures = new Map(
        (await answerFigures(tx, figureSets, question)).map(({ indicator, value }) => [indicator, value]),
      )
      for (const set of figureSets.filter(({ kind }) => kind === question.kind))
        for (const { name } of set.indicators.filter(({ hasList }) => hasList)) {
          const marks: string[] = []
          for (let after: Mark | undefined, isMore = true; isMore;) {
            const page = (await set.listCounted?.(tx, question, { indicator: name, after, limit: 7 })) ?? []
            marks.push(...page.map(({ mark }) => `${mark.id} ${mark.personId}`))
            for (const { people } of page) expect(people.length).toBeGreaterThan(0)
            after = page.at(-1)?.mark
            isMore = page.length === 7
          }
          expect([name, marks.length, new Set(marks).size]).toEqual([name, figures.get(name), marks.length])
        }
    })
  })
})

describe('the books', () => {
  test('every run is settled: nothing in flight, nothing unknown', () => {
    expect(paid.length).toBe(22)
    expect(paid.filter(({ isClosed }) => !isClosed)).toEqual([])
  })

  test('Σ published lines = Σ paid − Σ given back, award by award and month by month', async () => {
    const differences = await ask(
      `select award_id, for_month, sum(fen) from (
         select l.award_id, l.for_month, l.fen from benefits.obligation_line l
         union all select i.award_id, i.for_month, -i.fen from funds.instruction i where i.status in ('paid', 'late_paid')
         union all select r.award_id, r.for_month, r.fen from funds.receipt r
       ) books group by 1, 2 having sum(fen) <> 0`,
    )
    expect(differences).toEqual([])
  })

  test('Σ bank files = Σ batches, read back from the files themselves', async () => {
    const batches = await ask<{ no: number; fen: number; parts: number[]; filed: number }>(
      `select b.no, b.total_fen as fen, array_agg(f.part order by f.part) as parts, sum(f.total_fen)::bigint as filed
         from funds.batch b join funds.batch_file f on f.county = b.county and f.batch_no = b.no group by b.county, b.no order by b.no`,
    )
    const actor = await actorOf(db.deps, 'funds.clerk')
    expect(batches.length).toBe(22)
    for (const { no, fen, parts, filed } of batches) {
      let sent = 0
      for (const part of parts) {
        const { bytes } = await readBatchFile(db.deps, { actor, county, input: { batchNo: no, part } })
        for (const { amountFen } of readOrders(CSV, bytes)) sent += amountFen
      }
      expect([no, filed, sent]).toEqual([no, fen, fen])
    }
  })

  test('each command left its audit row, and no audit row names a person or a number', async () => {
    const byEvent = async (table: string, where: string) => {
      const rows = await ask<{ event: string; n: number }>(
        `select event, count(*) as n from ${table} where ${where} group by 1 order by 1`,
      )
      return new Map(rows.map(({ event, n }) => [event, n]))
    }
    const done = await byEvent('platform.audit_row', `outcome = 'done'`)
    const keyed = await byEvent('platform.idempotency_key', 'true')
    expect(keyed.size).toBeGreaterThan(25)
    for (const [event, n] of keyed) expect([event, done.get(event)]).toEqual([event, n])
    const subjects = await ask<{ subject: string }>(`select subject from platform.audit_row`)
    const text = subjects.map(({ subject }) => subject).join('\n')
    for (const { name, idNumber } of plan.people)
      expect([name, text.includes(name), text.includes(idNumber)]).toEqual([name, false, false])
  })

  test('behind every bar of every run stand as many, and as much, as it says', async () => {
    const actor = await actorOf(db.deps, 'clerk')
    for (const { runNo } of paid)
      for (const change of CHANGES) {
        const { bar, items } = await openBar(db.deps, actor, { county, runNo, change })
        const opened = { count: items.length, fen: items.reduce((sum, { fen }) => sum + fen, 0) }
        expect([runNo, change, opened]).toEqual([runNo, change, bar])
        expect(items.filter(({ people, cause }) => people.length === 0 || cause === '')).toEqual([])
      }
  })

  test('each run computed again gives the same bytes', async () => {
    for (const { runNo, lines } of paid) {
      expect(await replayRun(db.deps, programs, { county, runNo })).toMatchObject({
        runNo,
        lines,
        isIdentical: true,
      })
    }
  })
})
