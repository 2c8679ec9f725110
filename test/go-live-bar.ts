import { expect } from 'vitest'
import { commands } from '../server/app.ts'
import type { HandItem } from '../server/engines/golive/project.schema.ts'
import { COUNTY, type GoLiveDesk } from './go-live-desk.ts'
import { OPENING, oldExport, type ExportSize } from './go-live-export.ts'
import { cardOf } from './import-sheet.ts'

const HAND_ITEMS: readonly HandItem[] = [
  ...(['keys_kept', 'drill_done', 'old_closed', 'staff_trained', 'village_told'] as const),
]

/** What the bureau does from the first file to the month from which this system pays; answers how long each step took. */
export async function moveIn(desk: GoLiveDesk, size: ExportSize): Promise<Record<string, number>> {
  const old = oldExport(size)
  const took: Record<string, number> = {}
  async function timed<Result>(step: string, work: () => Promise<Result>): Promise<Result> {
    const begun = performance.now()
    const result = await work()
    took[step] = Math.round(performance.now() - begun) + (took[step] ?? 0)
    return result
  }
  const projectId = await desk.start()
  const dirt = () => timed('quality', () => desk.dirt(projectId))
  const { files, planted } = old

  // Dirty, as it came; the report has each kind with its number. Then put right, and none of it is left.
  for (const step of ['people', 'households', 'rolls'] as const) {
    const first = await timed(step, () => desk.bring(files[step], files[step].dirty))
    expect(await dirt()).toMatchObject(planted[step])
    const second = await timed(step, () => desk.bring(files[step], files[step].clean))
    expect(second.counts).toMatchObject({ wrong: 0, held: 0, ready: 0 })
    const left = await dirt()
    for (const key of Object.keys(planted[step])) expect(left).not.toHaveProperty(key)
    if (step === 'rolls') for (const { id } of [first, second]) await timed('sign', () => desk.signLists(id))
  }
  await timed('decisions', () => desk.bring(files.decisions, files.decisions.dirty))
  await timed('check', () => desk.checkAll())
  expect(await dirt()).toMatchObject(planted.decisions)
  await timed('decisions', () => desk.bring(files.decisions, files.decisions.clean))
  await timed('check', () => desk.checkAll())
  await timed('decisions', () => desk.bring(files.newcomers, files.newcomers.dirty))
  expect(await dirt()).toMatchObject(planted.newcomers)
  await timed('decisions', () => desk.bring(files.newcomers, files.newcomers.clean))
  await timed('check', () => desk.checkAll())

  // What is wrong on file: dead, held, without an account.
  const { clerk } = desk.actors
  const { each } = size
  await desk.does(clerk, commands.recordFacts, {
    facts: (await desk.peopleOf(old.dead)).map((personId) => ({
      ...{ personId, kind: 'death', value: { on: '2019-12-20' }, from: '2019-12-20', source: '火化证明' },
    })),
  })
  const holds = await timed('holds', () => desk.bringAs(desk.cashier, files.holds, files.holds.clean))
  expect(holds.counts).toMatchObject({ loaded: each })
  expect(await dirt()).toEqual({
    ...{ dead_on_file: each, account_shared: 2 * each, account_name: each, same_person: 2 * each },
    ...{ age_impossible: 2 * each, paid_nothing: each },
  })
  await timed('decisions', () => desk.bring(files.ended, files.ended.clean))
  await timed('check', () => desk.checkAll())
  expect(await dirt()).not.toHaveProperty('dead_on_file')

  // The parallel month.
  await timed('oldList', () => desk.bring(files.oldList, files.oldList.dirty))
  expect(await dirt()).toMatchObject({ old_list_missing: 1, amount_form: 2 })
  const runNo = await timed('run', () => desk.compute())
  expect(await dirt()).toMatchObject({ account_missing: each })
  await enterAccounts(desk, await desk.peopleOf(old.withoutAccount))
  await timed('oldList', () => desk.bring(files.oldList, files.oldList.clean))
  expect(await dirt()).toEqual({
    ...{ account_shared: 2 * each, account_name: each, same_person: 2 * each, age_impossible: 2 * each },
    paid_nothing: each,
  })
  await timed('compare', () => desk.clerk.post(`/go-lives/${projectId}/compare`))
  await judgeComparison(desk, { projectId, expected: old.expected })

  // By hand what no rule proves, then both signatures, the list, the change-over.
  const explained = await timed('explain', () =>
    desk.clerk.post(`/go-lives/${projectId}/explain`, { reason: 'old_error', note: '逐户核对，旧系统有误' }),
  )
  expect(explained).toMatchObject({ status: 200, body: { lines: old.expected.byHand } })
  const again = await timed('compare', () => desk.clerk.post(`/go-lives/${projectId}/compare`))
  expect(again.body).toMatchObject({ lines: old.expected.lines, unexplainedLines: 0 })
  await changeOver(desk, projectId)

  // The first month is approved and paid by this system; nothing lies before it.
  await timed('publish', () => publish(desk, runNo))
  await timed('next', async () => publish(desk, await desk.compute('2020-02')))
  expect(await linesBefore(desk)).toBe(0)
  return { awards: size.households + size.destitute * 2, ...took }
}

interface Judged {
  projectId: string
  expected: ReturnType<typeof oldExport>['expected']
}

async function judgeComparison(desk: GoLiveDesk, { projectId, expected }: Judged): Promise<void> {
  const { sums, unexplained, loaded } = await desk.shown(projectId)
  const total = (of: 'lines' | 'oldFen' | 'newFen') => sums.reduce((sum, each) => sum + each[of], 0)
  const byReason: Record<string, number> = {}
  for (const { reason, lines } of sums)
    if (reason !== null) byReason[reason] = (byReason[reason] ?? 0) + lines
  expect({ byReason, lines: total('lines'), oldFen: total('oldFen'), newFen: total('newFen') }).toEqual({
    ...{ byReason: expected.byReason, lines: expected.lines },
    ...{ oldFen: expected.oldFen, newFen: expected.newFen },
  })
  expect(unexplained.lines).toBe(expected.byHand)
  expect(loaded.oldFen).toBe(expected.oldFen)
}

async function changeOver(desk: GoLiveDesk, projectId: string): Promise<void> {
  const { checker, chief, clerk } = desk
  const sign = async (who: typeof clerk) => {
    const { digest } = await desk.shown(projectId)
    return who.post(`/go-lives/${projectId}/sign`, { digest })
  }
  expect(await sign(checker)).toMatchObject({ status: 200, body: { status: 'parallel' } })
  expect(await sign(checker)).toMatchObject({ status: 403, body: { code: 'golive.same_signer' } })
  expect(await sign(chief)).toMatchObject({ status: 200, body: { status: 'signed' } })
  expect(await chief.post(`/go-lives/${projectId}/open`)).toMatchObject({
    ...{ status: 409, body: { code: 'golive.items_open' } },
  })
  await desk.budgets()
  await desk.secondFactors()
  for (const item of HAND_ITEMS) {
    const said = { item, isDone: true, note: '2019-12-28 办好' }
    expect(await clerk.post(`/go-lives/${projectId}/items`, said)).toMatchObject({ status: 200 })
  }
  expect((await desk.shown(projectId)).items.filter(({ isDone }) => !isDone)).toEqual([])
  expect(await chief.post(`/go-lives/${projectId}/open`)).toMatchObject({
    ...{ status: 200, body: { status: 'live' } },
  })
}

async function publish(desk: GoLiveDesk, runNo: number): Promise<void> {
  const { clerk, checker, chief } = desk.actors
  await desk.does(checker, commands.checkRun, { runNo })
  await desk.does(chief, commands.approveRun, { runNo })
  await desk.does(clerk, commands.publishRun, { runNo })
}

async function linesBefore({ db }: GoLiveDesk): Promise<number> {
  const { rows } = await db.pool.query<{ count: number; all: number }>(
    `select count(*) filter (where for_month < $2)::int as count, count(*)::int as all
       from benefits.obligation_line where county = $1`,
    [COUNTY, OPENING],
  )
  expect(rows[0]?.all).toBeGreaterThan(0)
  return rows[0]?.count ?? -1
}

async function enterAccounts(desk: GoLiveDesk, personIds: readonly string[]): Promise<void> {
  const { rows } = await desk.db.pool.query<{ id: string; full_name: string; town: string; village: string }>(
    `select id, full_name, town, village from registry.person where county = $1 and id = any ($2::uuid[])`,
    [COUNTY, personIds],
  )
  await desk.does(desk.actors.clerk, commands.recordAccounts, {
    accounts: rows.map(({ id, full_name: holderName, town, village }, index) => ({
      ...{ holderKind: 'person', holderId: id, holderName, number: cardOf(900_000 + index) },
      ...{ bankCode: '', from: '2019-01-01', town, village },
    })),
  })
}
