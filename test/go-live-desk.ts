import { expect } from 'vitest'
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { commands, programs } from '../server/app.ts'
import { computeRun } from '../server/engines/benefits/index.ts'
import type { GoLiveCheck, GoLiveShown } from '../server/engines/golive/golive-view.schema.ts'
import { buildHttp } from '../server/http.ts'
import { jobHandlers } from '../server/jobs.ts'
import type { Actor } from '../server/platform/access.ts'
import { seedCalendar } from '../server/platform/calendar.db.ts'
import { execute, type Command } from '../server/platform/command.ts'
import { runAvailable } from '../server/platform/jobs.ts'
import { routes } from '../server/routes.ts'
import { buildActor } from './actors.ts'
import { asking, type Asking } from './asking.ts'
import { standards } from './benefits.ts'
import { testDb } from './db.ts'
import { LIST, OPENING, RURAL, SUPPORT, URBAN, CARE, type OldFile } from './go-live-export.ts'
import { csvOf, importDesk } from './import-desk.ts'
import { COUNTY, importWorld, permissionsOf, TOWN } from './import-world.ts'

/** A bureau that moves in: its people of the office, law, and what they do step by step over the interface. */

const rate = (program: string, item: string, when: object, yuan: number) => ({
  ...{ program, item, when, yuan: yuan.toFixed(2), per: 'person_month', from: '2019-01', basis: 'b1' },
})

const LAW = standards({
  ...{ urban: URBAN.toFixed(2), rural: RURAL.before.toFixed(2) },
  rates: [
    rate('extreme_poverty_support', 'base', { residence: 'rural' }, SUPPORT.rural),
    rate('extreme_poverty_support', 'base', { residence: 'urban' }, SUPPORT.urban),
    rate('extreme_poverty_care', 'care', { selfCare: 'none' }, CARE.none),
    rate('extreme_poverty_care', 'care', { selfCare: 'partial' }, CARE.partial),
  ],
})
const RAISE = standards({ urban: URBAN.toFixed(2), rural: RURAL.after.toFixed(2), from: OPENING })

const PROGRAMS = ['subsistence_allowance', 'extreme_poverty_support', 'extreme_poverty_care']
const AT_ONCE = 2000

export type GoLiveDesk = Awaited<ReturnType<typeof goLiveDesk>>

/** On a database of its own, in December unless told: nothing has come over yet. */
export async function goLiveDesk({ startsAt } = { startsAt: '2019-12-27T01:00:00Z' }) {
  const db = await testDb({ demo: { startsAt } })
  const world = await importWorld(db)
  await db.deps.database.app.transaction().execute(seedCalendar)
  const http: FastifyInstance = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 10_000_000 })
  const person = (login: string, ...roles: string[]) =>
    buildActor(db, { login, permissions: permissionsOf(...roles), scope: [COUNTY] })
  const actors = {
    clerk: world.bureau,
    checker: await person('checker', 'section_checker'),
    chief: await person('chief', 'section_chief'),
    cashier: await person('cashier', 'funds_clerk', 'funds_chief'),
  }
  const ask = (actor: Actor) => asking(db, http, COUNTY, actor)
  const [clerk, checker, chief] = [
    await ask(actors.clerk),
    await ask(actors.checker),
    await ask(actors.chief),
  ]
  const cashier = await ask(actors.cashier)
  const does = <Input, Result>(who: Actor, definition: Command<Input, Result>, input: unknown) =>
    execute(db.deps, definition, { actor: who, county: COUNTY, idempotencyKey: randomUUID(), input })
  for (const file of [LAW, RAISE]) {
    const { policyId } = await does(actors.clerk, commands.loadPolicy, { text: JSON.stringify(file) })
    await does(actors.checker, commands.publishPolicy, { policyId })
  }
  const desk = importDesk(() => runAvailable(db.deps, jobHandlers))

  async function bringAs(who: Asking, { kind, fileName }: OldFile, rows: readonly (readonly string[])[]) {
    const id = await desk.upload(who, { kind, fileName, bytes: csvOf(rows) })
    const { batch } = await desk.check(who, id, { on: '2019-01-01' })
    if (batch.counts.ready > 0) await desk.load(who, id)
    return { id, counts: (await desk.shown(who, id)).batch.counts }
  }
  const bring = (file: OldFile, rows: readonly (readonly string[])[]) => bringAs(clerk, file, rows)

  async function signLists(importId: string): Promise<void> {
    expect(await checker.post(`/imports/${importId}/sign`)).toMatchObject({ status: 200 })
  }

  /** Whatever waits, by another person. */
  async function checkAll(): Promise<number> {
    const { rows } = await db.pool.query<{ id: string }>(
      `select id from benefits.determination where county = $1 and status = 'proposed' order by id`,
      [COUNTY],
    )
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const ids = rows.slice(start, start + AT_ONCE).map(({ id }) => id)
      await does(actors.checker, commands.checkDeterminations, { ids })
    }
    return rows.length
  }

  async function start(): Promise<string> {
    const body = { openingMonth: OPENING, listMonth: LIST, groups: ['basic_assistance'] }
    const answer = await clerk.post('/go-lives', body)
    expect(answer).toMatchObject({ status: 200 })
    return (answer.body as { projectId: string }).projectId
  }

  async function compute(month = OPENING): Promise<number> {
    const { runNo } = await does(actors.clerk, commands.startRun, {
      ...{ group: 'basic_assistance', month, isFull: false },
    })
    await computeRun(db.deps, programs, { county: COUNTY, runNo })
    return runNo
  }

  const shown = async (projectId: string, who: Asking = clerk) =>
    (await who.get(`/go-lives/${projectId}`)).body as GoLiveShown

  /** How many of each kind of dirt, of those that there are. */
  async function dirt(projectId: string): Promise<Record<string, number>> {
    const { body } = await clerk.get(`/go-lives/${projectId}/quality`)
    const { checks } = body as { checks: GoLiveCheck[] }
    return Object.fromEntries(checks.filter(({ count }) => count > 0).map(({ key, count }) => [key, count]))
  }

  /** By the number of the identity card, which is nowhere in clear. */
  async function peopleOf(numbers: readonly string[]): Promise<string[]> {
    const { onFileOf } = await import('../server/engines/imports/people.actions.ts')
    const { read } = await import('../server/platform/command.ts')
    const call = { actor: actors.clerk, county: COUNTY, requestId: randomUUID() }
    const found = await read(db.deps, call, (ctx) => onFileOf(ctx, numbers))
    return numbers.flatMap((number) => found.get(number)?.person?.id ?? [])
  }

  async function budgets(): Promise<void> {
    for (const program of PROGRAMS)
      await does(actors.cashier, commands.createBudget, {
        ...{
          fiscalYear: 2020,
          source: '县级',
          program,
          amountFen: 1_000_000_000_00,
          basis: '财社〔2020〕1号',
        },
      })
  }

  async function secondFactors(): Promise<void> {
    await db.pool.query(
      `insert into platform.second_factor (id, account_id, secret_cipher, turned_on_at)
       select gen_random_uuid(), a.id, 'planted', now() from platform.account a
        where not exists (select from platform.second_factor f where f.account_id = a.id)`,
    )
  }

  return {
    ...{
      db,
      http,
      actors,
      clerk,
      checker,
      chief,
      does,
      desk,
      bring,
      bringAs,
      cashier,
      signLists,
      checkAll,
      start,
      compute,
    },
    ...{ shown, dirt, peopleOf, budgets, secondFactors },
    place: { town: TOWN, village: `${TOWN}200` },
    askAs: ask,
    close: async () => {
      await http.close()
      await db.close()
    },
  }
}

export { COUNTY }
