import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import type { Asking } from '../../../test/asking.ts'
import type { TestDb } from '../../../test/db.ts'
import { goLiveDesk, type GoLiveDesk } from '../../../test/go-live-desk.ts'
import { idNumberOf } from '../../../test/import-sheet.ts'
import { permissionsOf } from '../../../test/import-world.ts'
import { commands } from '../../app.ts'
import type { GoLiveLine } from './golive-view.schema.ts'

/** The steps of moving in, and who may take them; test/go-live.test.ts goes the whole way. */
let db: TestDb
let desk: GoLiveDesk
let clerk: Asking
let checker: Asking
let chief: Asking

const BODY = { openingMonth: '2020-01', listMonth: '2019-12', groups: ['basic_assistance'] }
const OLD_LIST = ['姓名', '身份证号', '项目', '发放月份', '实发金额', '其中补发', '享受人数']

beforeAll(async () => {
  desk = await goLiveDesk()
  ;({ db, clerk, checker, chief } = desk)
})
afterAll(() => desk.close())

const at = (projectId: string, step = '') => `/go-lives/${projectId}${step}`
const refused = (status: number, code: string) => ({ status, body: { code } })
async function givenUp(projectId: string): Promise<void> {
  const answer = await clerk.post(at(projectId, '/give-up'), { why: '开账月定错了' })
  expect(answer).toMatchObject({ status: 200, body: { status: 'given_up' } })
}

let serial = 300_000
async function people(count: number) {
  const numbers = Array.from({ length: count }, () => idNumberOf(serial++))
  const { ids } = await desk.does(desk.actors.clerk, commands.registerPeople, {
    people: numbers.map((idNumber) => ({
      ...{ fullName: '张某', idNumber, sex: null, bornOn: null, ...desk.place },
    })),
  })
  return numbers.map((number, index) => ({ number, id: String(ids[index]) }))
}

/** 特困供养 of the old system, signed; decided from the opening month. */
async function carriedOver(personIds: readonly string[], lastPaidFen = 775_00) {
  const { ids, takeoverId } = await desk.does(desk.actors.clerk, commands.proposeTakeover, {
    awards: personIds.map((holderId) => ({
      ...{ program: 'extreme_poverty_support', holderKind: 'person', holderId, ...desk.place },
      ...{ ledgerOpensMonth: '2020-01', lastPaidMonth: '2019-12', lastPaidFen },
    })),
  })
  await desk.does(desk.actors.checker, commands.signTakeover, { takeoverId })
  await desk.does(desk.actors.clerk, commands.proposeDeterminations, {
    determinations: ids.map((awardId, index) => ({
      ...{ awardId, kind: 'initial', outcome: 'grant', from: '2020-01', to: null, cause: '迁移', clause: '' },
      content: {
        ...{ residence: 'rural', support: 'home', selfCare: 'full', personId: personIds[index] },
        payee: { kind: 'person', id: personIds[index] },
      },
    })),
  })
  await desk.checkAll()
  return ids
}

const loadOldList = async (rows: string[][], fileName = '实发.csv') =>
  desk.bring({ kind: 'old_list', fileName, dirty: [], clean: [] }, [OLD_LIST, ...rows])
const linesOf = async (projectId: string, query = '') =>
  ((await clerk.get(at(projectId, `/lines?limit=200${query}`))).body as { lines: GoLiveLine[] }).lines

describe('the opening month', () => {
  test('one project at a time; given up, its months are free again', async () => {
    const projectId = await desk.start()

    expect(await clerk.post('/go-lives', BODY)).toMatchObject(refused(409, 'benefits.ledger_planned'))
    await givenUp(projectId)
    expect(await clerk.post(at(projectId, '/give-up'), { why: '再放弃一次' })).toMatchObject(
      refused(409, 'golive.project_state'),
    )
    await givenUp(await desk.start())
  })

  test('is said with a group that is paid monthly, and a list of that month or the one before', async () => {
    const post = (rest: object) => clerk.post('/go-lives', { ...BODY, ...rest })

    expect(await post({ listMonth: '2019-11' })).toMatchObject(refused(422, 'golive.list_month'))
    expect(await post({ groups: ['temporary_assistance'] })).toMatchObject(
      refused(422, 'golive.group_unknown'),
    )
    expect(await post({ groups: [] })).toMatchObject(refused(422, 'platform.input_invalid'))
  })

  test('nothing opens or is computed before it, neither by hand nor from a list', async () => {
    const projectId = await desk.start()
    const [one] = await people(1)
    const award = {
      ...{ program: 'extreme_poverty_support', holderKind: 'person', holderId: one?.id, ...desk.place },
    }
    const early = { status: 422, code: 'benefits.before_opening' }
    const open = (ledgerOpensMonth: string) =>
      desk.does(desk.actors.clerk, commands.openAwards, { awards: [{ ...award, ledgerOpensMonth }] })
    const carry = (lastPaidMonth: string, ledgerOpensMonth: string) =>
      desk.does(desk.actors.clerk, commands.proposeTakeover, {
        awards: [{ ...award, ledgerOpensMonth, lastPaidMonth, lastPaidFen: 1 }],
      })

    await expect(open('2019-12')).rejects.toMatchObject(early)
    await expect(carry('2019-10', '2019-11')).rejects.toMatchObject(early)
    await expect(desk.compute('2019-12')).rejects.toMatchObject(early)
    await expect(carry('2019-12', '2020-01')).resolves.toBeTruthy()
    await givenUp(projectId)
    const runNo = await desk.compute('2019-12')
    await desk.does(desk.actors.checker, commands.rejectRun, { runNo })
  })

  test('a run beside the old system is computed and compared, and not approved', async () => {
    const projectId = await desk.start()
    expect(await clerk.post(at(projectId, '/compare'))).toMatchObject(refused(409, 'golive.run_missing'))
    // Still December: what may be started is the opening month all the same.
    expect((await clerk.get('/runs')).body).toMatchObject({
      next: expect.arrayContaining([
        expect.objectContaining({ group: 'basic_assistance', month: '2020-01' }),
      ]),
    })
    const runNo = await desk.compute()
    await desk.does(desk.actors.checker, commands.checkRun, { runNo })

    await expect(desk.does(desk.actors.chief, commands.approveRun, { runNo })).rejects.toMatchObject({
      ...{ status: 409, code: 'benefits.ledger_not_open' },
    })
    expect(await clerk.post(at(projectId, '/compare'))).toMatchObject({ status: 200 })
    await desk.does(desk.actors.checker, commands.rejectRun, { runNo })
    await givenUp(projectId)
  })
})

describe('the parallel month', () => {
  test('each line with its reason; what a person said is said again of the same difference, and not of another', async () => {
    const projectId = await desk.start()
    const [same, off, gone] = await people(3)
    await carriedOver([same, off].map((each) => each?.id ?? ''))
    const row = (who: { number: string } | undefined, fen: string) => [
      ...['张某', who?.number ?? '', '特困', '2019-12', fen, '', ''],
    ]
    await loadOldList([row(same, '775'), row(off, '700.33'), row(gone, '775')])
    const runNo = await desk.compute()
    await clerk.post(at(projectId, '/compare'))
    const unexplained = await linesOf(projectId, '&reason=none')

    expect(unexplained.map(({ personId, state, deltaFen }) => [personId, state, deltaFen])).toEqual(
      expect.arrayContaining([
        [off?.id, 'differing', 74_67],
        [gone?.id, 'only_old', -775_00],
      ]),
    )
    const ids = unexplained.map(({ id }) => id)
    const explain = (body: object) => clerk.post(at(projectId, '/explain'), { note: '核对过', ...body })
    expect(await explain({ ids, reason: 'end' })).toMatchObject({ status: 200, body: { lines: ids.length } })
    expect(await explain({ reason: 'other', note: ' ' })).toMatchObject(
      refused(422, 'platform.input_invalid'),
    )
    await clerk.post(at(projectId, '/compare'))
    expect(await linesOf(projectId, '&reason=none')).toEqual([])
    expect((await linesOf(projectId, '&reason=end')).map(({ explainedBy }) => explainedBy)).toContain(
      'bureau',
    )

    // Another amount on the old list is another difference.
    const [batch] = (
      await db.pool.query<{ id: string }>(
        `select id from imports.batch where kind = 'old_list' order by made_at desc limit 1`,
      )
    ).rows
    await desk.desk.undo(clerk, batch?.id ?? '')
    await loadOldList([row(same, '775'), row(off, '700.44'), row(gone, '775')])
    await clerk.post(at(projectId, '/compare'))
    expect((await linesOf(projectId, '&reason=none')).map(({ personId }) => personId)).toEqual([off?.id])

    const { digest } = await desk.shown(projectId)
    expect(await checker.post(at(projectId, '/sign'), { digest })).toMatchObject(
      refused(409, 'golive.unexplained'),
    )
    await explain({ reason: 'old_error', state: 'differing' })
    expect(await checker.post(at(projectId, '/sign'), { digest })).toMatchObject(
      refused(409, 'golive.lines_changed'),
    )
    await signAndTakeBack(projectId)
    await desk.does(desk.actors.checker, commands.rejectRun, { runNo })
    await givenUp(projectId)
  })

  async function signAndTakeBack(projectId: string): Promise<void> {
    const { digest } = await desk.shown(projectId)
    const key = `sign-${projectId}`
    const signed = { status: 200, body: { projectId, status: 'parallel' } }
    expect(await checker.post(at(projectId, '/sign'), { digest }, key)).toMatchObject(signed)
    expect(await checker.post(at(projectId, '/sign'), { digest }, key)).toMatchObject(signed)
    const state = refused(409, 'golive.project_state')
    expect(await clerk.post(at(projectId, '/compare'))).toMatchObject(state)
    expect(await clerk.post(at(projectId, '/explain'), { reason: 'other', note: '再改改' })).toMatchObject(
      state,
    )
    expect(await clerk.post(at(projectId, '/give-up'), { why: '不上了' })).toMatchObject(state)
    expect(await chief.post(at(projectId, '/open'))).toMatchObject(state)
    await expect(
      db.pool.query(`update golive.project set second_by = first_by, status = 'signed' where id = $1`, [
        projectId,
      ]),
    ).rejects.toThrow('project_two_people')
    expect(await chief.post(at(projectId, '/unsign'), { why: '再核对一遍' })).toMatchObject({ status: 200 })
    expect((await desk.shown(projectId)).project).toMatchObject({
      first: null,
      second: null,
      status: 'parallel',
    })
  }
})

describe('the quality report', () => {
  test('an award of a household whose head has left it is a row; one whose head is in it is none', async () => {
    const projectId = await desk.start()
    const heads = await people(2)
    const { ids: households } = await desk.does(desk.actors.clerk, commands.createHouseholds, {
      households: heads.map(({ id }) => ({
        ...{ headId: id, ...desk.place, members: [{ personId: id, relation: 'head', from: '2019-01-01' }] },
      })),
    })
    await desk.does(desk.actors.clerk, commands.openAwards, {
      awards: households.map((holderId) => ({
        ...{ program: 'subsistence_allowance', holderKind: 'household', holderId, ...desk.place },
        ledgerOpensMonth: '2020-01',
      })),
    })
    expect(await desk.dirt(projectId)).not.toHaveProperty('household_empty')
    // No command takes the head out of a household: an old file did.
    await db.pool.query(
      `update registry.household_member set valid = daterange('2019-01-01', '2020-01-01') where household_id = $1`,
      [households[0]],
    )
    expect(await desk.dirt(projectId)).toMatchObject({ household_empty: 1 })
    const { body } = await clerk.get(at(projectId, '/quality/household_empty'))
    expect(body).toMatchObject({ rows: [{ householdId: households[0], personId: heads[0]?.id }] })
    await givenUp(projectId)
  })
})

describe('who may', () => {
  test('a town sees nothing of it, another county neither', async () => {
    const projectId = await desk.start()
    const permissions = permissionsOf('section_clerk')
    const town = await desk.askAs(
      await buildActor(db, { login: 'town.go', permissions, scope: [desk.place.town], level: 'township' }),
    )
    const outside = refused(403, 'platform.outside_scope')
    for (const path of ['', `/${projectId}`, `/${projectId}/quality`, `/${projectId}/lines`])
      expect(await town.get(`/go-lives${path}`)).toMatchObject(outside)
    expect(await town.post('/go-lives', BODY)).toMatchObject(outside)
    expect(await town.post(at(projectId, '/give-up'), { why: '不要了' })).toMatchObject(
      refused(404, 'golive.project_unknown'),
    )
    const stranger = await desk.askAs(
      await buildActor(db, { login: 'stranger.go', permissions, scope: ['430181'] }),
    )
    expect(await stranger.get(`/go-lives/${projectId}`)).toMatchObject(outside)
    await givenUp(projectId)
  })

  test('each act asks for its own permission', async () => {
    const missing = refused(403, 'platform.permission_missing')
    const some = '00000000-0000-4000-8000-000000000000'

    expect(await checker.post('/go-lives', BODY)).toMatchObject(missing)
    expect(await clerk.post(at(some, '/sign'), { digest: 'a'.repeat(64) })).toMatchObject(missing)
    expect(await checker.post(at(some, '/open'))).toMatchObject(missing)
    expect(await clerk.get(at(some))).toMatchObject(refused(404, 'golive.project_unknown'))
    expect(await clerk.post('/go-lives', BODY, null)).toMatchObject(
      refused(422, 'platform.idempotency_key_missing'),
    )
  })
})
