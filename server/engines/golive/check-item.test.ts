import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asking, type Asking } from '../../../test/asking.ts'
import { COUNTY, goLiveDesk, type GoLiveDesk } from '../../../test/go-live-desk.ts'
import { buildHttp } from '../../http.ts'
import { readBackupSettings } from '../../platform/backup/settings.ts'
import { keyRingFingerprint, newestId } from '../../platform/keys.ts'
import { routes } from '../../routes.ts'

/** Keys, backup and drill on the list of what has to be so: looked at where the installation keeps its own, said by a person elsewhere. */
let desk: GoLiveDesk

const OURS = ['keys_kept', 'backup_made', 'drill_done']
const SAID = { item: 'drill_done', isDone: true, note: '2019-12-26 恢复到备用机' }
const DRILL = {
  ...{ startedAt: '2019-12-28T01:00:00.000Z', endedAt: '2019-12-28T01:04:00.000Z', copy: '20191228' },
  ...{ upTo: '2019-12-28T01:00:00Z', tables: 90, rows: 1200, counties: 1, problems: [] },
}
const folder = mkdtempSync(path.join(tmpdir(), 'minben-backup-'))

beforeAll(async () => {
  desk = await goLiveDesk()
})
afterAll(async () => {
  for (const http of opened) await http.close()
  await desk.close()
  rmSync(folder, { recursive: true, force: true })
})

const at = (projectId: string, step = '') => `/go-lives/${projectId}${step}`
async function givenUp(projectId: string): Promise<void> {
  const answer = await desk.clerk.post(at(projectId, '/give-up'), { why: '开账月定错了' })
  expect(answer).toMatchObject({ status: 200 })
}

const opened: { close: () => Promise<unknown> }[] = []

/** The same office as it is run elsewhere. */
async function clerkWhere(config: { databaseUrl?: string; folder?: string }): Promise<Asking> {
  const { secondPlace, hour, keep } = readBackupSettings({}, folder)
  const keeping = {
    databaseUrl: config.databaseUrl,
    backup: { folder: config.folder, secondPlace, hour, keep },
  }
  const http = await buildHttp({ ...desk.db.deps, keeping }, { routes, isDemo: true, mostRequests: 10_000 })
  opened.push(http)
  return asking(desk.db, http, COUNTY, desk.actors.clerk)
}
const itemsOf = async (who: Asking, projectId: string) =>
  (await desk.shown(projectId, who)).items.filter(({ key }) => OURS.includes(key))

test('are said by a person where somebody else keeps the database, or nothing is backed up', async () => {
  const projectId = await desk.start()
  for (const config of [{ databaseUrl: 'postgres://elsewhere/minben', folder }, {}]) {
    const who = await clerkWhere(config)
    expect(await who.post(at(projectId, '/items'), SAID)).toMatchObject({ status: 200 })
    expect(await itemsOf(who, projectId)).toMatchObject([
      { key: 'keys_kept', isByHand: true, isDone: false, seenAt: null },
      { key: 'drill_done', isByHand: true, isDone: true, note: SAID.note },
    ])
  }
  await givenUp(projectId)
})

test('are looked at where the installation keeps its own: nobody says them, what was said before does not count', async () => {
  const projectId = await desk.start()
  expect(await desk.clerk.post(at(projectId, '/items'), SAID)).toMatchObject({ status: 200 })
  const who = await clerkWhere({ folder })
  expect((await itemsOf(who, projectId)).map(({ key, isByHand, isDone }) => [key, isByHand, isDone])).toEqual(
    OURS.map((key) => [key, false, false]),
  )
  expect(await who.post(at(projectId, '/items'), SAID)).toMatchObject({
    ...{ status: 409, body: { code: 'golive.item_by_system' } },
  })

  await desk.db.pool.query(
    `insert into platform.key_ring (id, fingerprint, newest, copied, copied_at)
     values ('this', $1, $2, $2, '2019-12-20T02:00:00Z')`,
    [keyRingFingerprint(desk.db.deps.keys), newestId(desk.db.deps.keys)],
  )
  mkdirSync(path.join(folder, 'drills'))
  const drill = (name: string, change: object) =>
    writeFileSync(path.join(folder, 'drills', `${name}.json`), JSON.stringify({ ...DRILL, ...change }))
  drill('20191228T010000Z', {})
  drill('20191227T010000Z', { problems: ['benefits.run：恢复出 0 行，应在 3 与 3 之间。'] })
  expect(await itemsOf(who, projectId)).toMatchObject([
    { key: 'keys_kept', isDone: true, seenAt: expect.stringContaining('2019-12-20') },
    // The cluster of the tests archives nothing.
    { key: 'backup_made', isDone: false, text: expect.stringContaining('没有开启日志归档') },
    { key: 'drill_done', isDone: true, note: null, seenAt: DRILL.endedAt },
  ])
  writeFileSync(path.join(folder, 'drills', '20191229T010000Z.json'), '{"startedAt": ')
  expect(await itemsOf(who, projectId)).toMatchObject([{}, {}, { key: 'drill_done', isDone: false }])
  await givenUp(projectId)
})
