import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { readState } from '../server/platform/backup/archiver.ts'
import { startBackups } from '../server/platform/backup/service.ts'
import { readConfig } from '../server/platform/config.ts'
import { lookReady } from '../server/readiness.ts'
import { BackupWorld } from './backup-world.ts'
import { minben } from './cli.ts'
import { openStore, openStrictFront, type Store } from './s3-store.ts'

/** As an operator sets it up: by environment variables and the command line, with a real server of the S3 protocol. */

let store: Store
let front: Awaited<ReturnType<typeof openStrictFront>>
let world: BackupWorld
let secretFile: string

beforeAll(async () => {
  ;[store, world] = await Promise.all([openStore(), BackupWorld.open()])
  front = await openStrictFront(store)
  secretFile = path.join(world.emptyFolder(), 'secret')
})
afterAll(async () => {
  await world.close()
  front.close()
  store.close()
})
afterEach(() => vi.unstubAllEnvs())

/** The environment of the service, with a second place in the bucket. */
function useBucket({ secret = 'S3RVER', endpoint = front.endpoint } = {}): void {
  writeFileSync(secretFile, `${secret}\n`)
  const { config, root } = world.home
  const settings = {
    ...{
      DATABASE_URL: undefined,
      MINBEN_VAR: config.varDir,
      MINBEN_KEYS: config.keyFile,
      MINBEN_BACKUP: root,
    },
    ...{ MINBEN_BACKUP_COPY: 's3://county/office', MINBEN_BACKUP_S3_ENDPOINT: endpoint },
    ...{ MINBEN_BACKUP_S3_KEY: 'S3RVER', MINBEN_BACKUP_S3_SECRET_FILE: secretFile },
  }
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
}

const restoreTo = (to: string, from = 's3://county/office') =>
  minben('restore', '--from', from, '--to', to, '--keys', world.home.config.keyFile, '--json')

test.each([
  [
    'a wrong secret',
    { secret: 'wrong' },
    undefined,
    /答复 403 SignatureDoesNotMatch（密钥不对，.+platform\.second_place_unusable）\n$/,
  ],
  [
    'a store that nobody runs',
    { endpoint: 'http://127.0.0.1:2222' },
    undefined,
    /连不上 http:\/\/127\.0\.0\.1:2222（ECONNREFUSED）.+\n$/,
  ],
  ['another prefix', {}, 's3://county/elsewhere', /没有整库备份.+platform\.backup_not_found）\n$/],
])('%s: one line, and the target stays empty', async (_, how, from, line) => {
  useBucket(how)
  const to = path.join(world.emptyFolder(), 'var')
  const { code, out, err } = await restoreTo(to, from)
  expect([code, out, err.split('\n').length]).toEqual([1, '', 2])
  expect(err).toMatch(line)
  expect(existsSync(to) ? readdirSync(to) : []).toEqual([])
  expect(existsSync(`${to}.download`)).toBe(false)
})

test('a wrong secret while the service runs is told by backup status and /readyz, and is gone with the right one', async () => {
  const { deps, root } = world.home
  await world.archiver.end()
  const told = async (secret: string, isDone: (failure: string | undefined) => boolean) => {
    useBucket({ secret })
    await world.beat()
    const service = startBackups({
      ...{ adminUrl: deps.database.adminUrl, config: readConfig(), isLoading: () => true },
      ...{ say: () => {}, everyMs: 100 },
    })
    try {
      for (let looks = 0; looks < 300; looks++) {
        const second = (await readState(root))?.second
        if (second && isDone(second.failure)) break
        await wait(50)
      }
      const { reasons, notes } = await lookReady({ ...deps, keeping: readConfig() })
      const noted = notes.filter(({ code }) => code === 'platform.backup_incomplete')
      return { status: await minben('backup', 'status'), reasons, texts: noted.map(({ text }) => text) }
    } finally {
      await service.stop()
    }
  }
  const line =
    /第二处备份没有跟上.*：http:\S+ 答复 403 SignatureDoesNotMatch（密钥不对，请核对 MINBEN_BACKUP_S3_SECRET_FILE）。本机的备份不受影响；请/
  const wrong = await told('wrong', (failure) => failure !== undefined)
  expect(wrong.status).toMatchObject({ code: 1, err: '', out: expect.stringMatching(line) })
  // The service goes on: what is done is in the first place.
  expect([wrong.reasons, wrong.texts]).toEqual([[], [expect.stringMatching(line)]])
  expect(JSON.stringify(wrong)).not.toContain('wrong')
  const right = await told('S3RVER', (failure) => failure === undefined)
  expect(right).toMatchObject({ status: { code: 0, out: expect.stringContaining('第二处：') } })
  expect([right.reasons, right.texts]).toEqual([[], []])
})
