import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { diceOf } from '../server/bench/dice.ts'
import { FourPrograms } from './four-programs.ts'
import { runProgram } from './serving.ts'
import { SoakOffice } from './soak-office.ts'
import { leftIn, stockOf, untilQuiet, workAll } from './soak-load.ts'

/**
 * Two programs that serve and two that only work, on one PostgreSQL 15: journeys go now to the one and now to the other, one of the four is
 * killed at random and comes back later. What was asked for happens once.
 */

const COUNTY = '441882'
const GROUPS = ['basic_assistance', 'temporary_assistance']
const MONTHS = ['2020-03', '2020-04', '2020-05', '2020-06']
const JOURNEY_SECONDS = 90
const dice = diceOf(Number(process.env.SEED ?? 20_261_122))

let four: FourPrograms
beforeAll(async () => {
  four = await FourPrograms.start()
}, 600_000)
afterAll(() => four.end())

const cookies = new Map<string, string>()

/** To one of the two; when it is gone, the same request with the same key to the other, as a browser behind a balancer does. */
async function ask(
  method: 'GET' | 'POST',
  at: string,
  { cookie = '', body, key }: { cookie?: string; body?: object; key?: string } = {},
) {
  const headers = {
    ...{ cookie, 'x-minben': '1', 'content-type': 'application/json' },
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  }
  for (let tries = 0; tries < 200; tries++) {
    const url = four.apps[(tries + (dice.next() < 0.5 ? 0 : 1)) % 2]?.url ?? ''
    const answer = await fetch(url + at, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => undefined)
    if (answer && answer.status < 500)
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, answer }
    await wait(200)
  }
  throw new Error(`${method} ${at}: nobody answered`)
}

async function cookieOf(login: string): Promise<string> {
  const known = cookies.get(login)
  if (known !== undefined) return known
  const { status, answer } = await ask('POST', '/api/session', {
    body: { login, password: four.passwords.get(login) },
  })
  expect(status).toBe(200)
  const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? ''
  cookies.set(login, cookie)
  return cookie
}

async function does(login: string, at: string, body: object): Promise<Record<string, unknown>> {
  const sent = { cookie: await cookieOf(login), body, key: randomUUID() }
  const answered = await ask('POST', `/api/counties/${COUNTY}${at}`, sent)
  expect([at, answered.status, answered.body]).toEqual([at, 200, answered.body])
  // A browser that heard nothing sends it again: same answer, no second effect.
  const again = await ask('POST', `/api/counties/${COUNTY}${at}`, sent)
  expect([again.status, again.body]).toEqual([200, answered.body])
  return answered.body
}

async function statusOf(runNo: number): Promise<string> {
  const { body } = await ask('GET', `/api/counties/${COUNTY}/runs/${runNo}`, {
    cookie: await cookieOf('clerk'),
  })
  return String((body as { run?: { status?: string } }).run?.status ?? body['status'])
}

async function until(runNo: number, wanted: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 100) {
    if ((await statusOf(runNo)) === wanted) return
    await wait(100)
  }
  throw new Error(`run ${runNo} never became ${wanted}: ${await statusOf(runNo)}`)
}

/** A change of one household's income, proposed by one person and checked by another. */
async function changeOne(month: string): Promise<void> {
  const { rows } = await four.owner.query<{ id: string; content: { income: { fen: number }[] } }>(
    `select distinct on (a.id) a.id, d.content
       from benefits.award a join benefits.determination d on d.county = a.county and d.award_id = a.id
      where a.county = $1 and a.program = 'subsistence_allowance' and d.outcome = 'grant' and d.status = 'effective'
        and upper_inf(d.valid) and json_array_length(d.content -> 'income') > 0
        and not exists (select from benefits.determination e
                         where e.county = a.county and e.award_id = a.id and (e.outcome = 'end' or lower(e.valid) > '2020-02-01'))
      order by a.id, lower(d.valid) desc limit 1`,
    [COUNTY],
  )
  const [award] = rows
  const income = award?.content.income.map((each) => ({
    ...each,
    fen: Math.floor(each.fen / 20_000) * 10_000,
  }))
  const { ids } = await does('clerk', '/determinations', {
    determinations: [
      {
        ...{
          awardId: award?.id,
          kind: 'change',
          outcome: 'grant',
          from: month,
          to: null,
          cause: '入户复核：家庭收入减少',
        },
        ...{ clause: '最低生活保障审核确认办法 第三十四条', content: { ...award?.content, income } },
      },
    ],
  })
  const versions = Object.fromEntries((ids as string[]).map((id) => [id, 1]))
  await does('checker', '/determinations/check', { ids, versions })
}

/** What leaves one row of the trail each time it is done, and what asks for it. */
const ONCE: Readonly<Record<string, string>> = {
  'benefits.run.started': 'run start',
  'benefits.run.reject_asked': 'run reject',
  'benefits.run.rejected': 'run reject',
  'benefits.determination.proposed': 'propose',
  'benefits.determination.withdrawn': 'withdraw',
  'benefits.determination.checked': 'check',
  'benefits.determination.undone': 'undo',
  'imports.batch.uploaded': 'import',
  'imports.batch.check_asked': 'import check',
  'imports.batch.checked': 'import check',
  'imports.batch.load_asked': 'import load',
  'imports.batch.undo_asked': 'import undo',
}

async function doneOnce(): Promise<Record<string, number>> {
  const { rows } = await four.owner.query<{ event: string; n: number }>(
    `select event, count(*)::int as n from platform.audit_row where event = any($1) and outcome = 'done' group by 1`,
    [Object.keys(ONCE)],
  )
  return Object.fromEntries(rows.map(({ event, n }) => [event, n]))
}

test('people search, write, decide, import, take out and run a month, whoever is killed: nothing fails, nothing happens twice', async () => {
  await four.owner.query(
    `update platform.simulated_clock set now = greatest(now, '2020-03-05T08:00:00+08:00')`,
  )
  const before = await doneOnce()
  const office = new SoakOffice(() => four.apps.map(({ url }) => url), four.passwords, 7)
  const working = workAll(office, await stockOf(four.owner, COUNTY))
  let kills = 0
  for (const end = Date.now() + JOURNEY_SECONDS * 1000; Date.now() < end; kills++) {
    const revive = await four.strike(dice)
    await wait(2_000 + dice.below(3_000))
    await revive()
    await wait(1_000 + dice.below(2_000))
  }
  office.isOver = true
  await working
  await untilQuiet(four.owner)
  const { requests, refusals, again, answered, failures } = office
  console.log(JSON.stringify({ kills, requests, refusals, again, answered }))

  expect(failures).toEqual([])
  expect(kills).toBeGreaterThan(5)
  const after = await doneOnce()
  const more = Object.keys(ONCE).map((event) => [event, (after[event] ?? 0) - (before[event] ?? 0)])
  expect(more).toEqual(Object.entries(ONCE).map(([event, kind]) => [event, answered[kind]]))
  expect(await leftIn(four.owner)).toEqual({
    ...{ drafts: 0, jobs: 0, unanswered: 0, runs: 0, proposals: 0, imports: 0, transactions: 0 },
  })
}, 600_000)

test('every month is run, checked, approved and published once, whoever is killed', async () => {
  for (const month of MONTHS) {
    await four.owner.query(`update platform.simulated_clock set now = greatest(now, $1::timestamptz)`, [
      `${month}-05T08:00:00+08:00`,
    ])
    await changeOne(month)
    const numbers: number[] = []
    const dying = four.strike(dice)
    for (const group of GROUPS)
      numbers.push(Number((await does('clerk', '/runs', { group, month }))['runNo']))
    const revive = await dying
    for (const runNo of numbers) {
      await until(runNo, 'computed')
      await does('checker', `/runs/${runNo}/check`, {})
      await does('chief', `/runs/${runNo}/approve`, {})
    }
    await revive()
    const dyingAgain = four.strike(dice)
    for (const runNo of numbers) await does('clerk', `/runs/${runNo}/publish`, {})
    const reviveAgain = await dyingAgain
    for (const runNo of numbers) await until(runNo, 'published')
    await reviveAgain()
  }

  const one = async (text: string) =>
    (await four.owner.query<{ n: number }>(text)).rows.map(({ n }) => Number(n))
  const runs = MONTHS.length * GROUPS.length
  // Each step has its one row, each line its one writer, nothing is left behind.
  expect(
    await one(
      `select count(*) as n from platform.audit_row where event = 'benefits.run.published' and outcome = 'done' and at >= '2020-03-01'`,
    ),
  ).toEqual([runs])
  expect(
    await one(`select count(*) as n from benefits.run where month >= '2020-03' and status = 'published'`),
  ).toEqual([runs])
  expect(
    await one(
      `select count(*) as n from benefits.determination where cause = '入户复核：家庭收入减少' and status = 'effective'`,
    ),
  ).toEqual([MONTHS.length])
  // A step is written down a moment before its job is taken off.
  while ((await one('select count(*) as n from graphile_worker.jobs'))[0] !== 0) await wait(100)
  expect(
    await one(
      `select count(*) as n from benefits.run r,
              lateral (select count(*) as lines, coalesce(sum(fen), 0) as fen from benefits.obligation_line l
                        where l.county = r.county and l.run_no = r.no) written
        where r.month >= '2020-03' and r.status = 'published' and (r.lines <> written.lines or r.total_fen <> written.fen)`,
    ),
  ).toEqual([0])
  const { rows } = await four.owner.query<{ no: number }>(
    `select no from benefits.run where month >= '2020-03' and status = 'published' order by no`,
  )
  for (const { no } of rows) {
    const replay = runProgram(
      ['run-month', '--replay', String(no), '--county', COUNTY, '--json'],
      four.environment,
    )
    expect(await replay.ended).toEqual({ code: 0, signal: null })
    expect(JSON.parse(replay.said())).toMatchObject({ isIdentical: true })
  }
}, 1_800_000)
