import { spawn, type ChildProcess } from 'node:child_process'
import {
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeSync,
  writeFileSync,
  statfsSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { audited } from './audited.ts'
import { expectOnce, startLoad } from './budget-load.ts'
import { ownerOf, plantSignedIn, send, signInAs } from './own-installation.ts'
import { freePort, runProgram, type Program } from './serving.ts'

/**
 * What befalls a machine, on the whole product: nothing that was acknowledged is lost, nothing is doubled, and each has its one clear
 * message. Elsewhere: the answer that is lost after the commit (replay.test.ts), the clock that is set back (readiness.test.ts), keys
 * that are missing and a second server on the same data (service.test.ts).
 */

const COUNTY = '441882'
const running: Program[] = []
const folders: string[] = []
const holders: ChildProcess[] = []

afterAll(async () => {
  for (const each of running) await each.kill('SIGTERM')
  for (const each of holders) each.kill('SIGKILL')
  for (const each of folders) rmSync(each, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'minben-faults-'))
  folders.push(folder)
  return folder
}

async function serve(
  varDir: string,
  more: Record<string, string> = {},
  prefix: readonly string[] = [],
): Promise<Program & { url: string }> {
  const port = await freePort()
  const environment = {
    MINBEN_VAR: varDir,
    PORT: String(port),
    MINBEN_DISK_LOW_MB: '0',
    MINBEN_DISK_NOTE_MB: '0',
    ...more,
  }
  const program = runProgram(['serve'], environment, prefix)
  running.push(program)
  await program.says('民本已启动')
  return { ...program, url: `http://127.0.0.1:${port}` }
}

interface Ready {
  reasons: { code: string; text: string }[]
}

async function until(url: string, wanted: (reasons: Ready['reasons']) => boolean): Promise<Ready['reasons']> {
  let last: Ready['reasons'] | undefined
  for (let waited = 0; waited < 120_000; waited += 100) {
    const answer = await send('/readyz', undefined, { url, cookie: '' })
    last = (answer?.body as Ready | undefined)?.reasons
    if (last && wanted(last)) return last
    await wait(100)
  }
  throw new Error(`it never came to be so; at last: ${JSON.stringify(last)}`)
}
const isWell = (reasons: Ready['reasons']) => reasons.length === 0

test('the database is killed twenty times under load: it comes back by itself, and every budget is there once', async () => {
  const varDir = newFolder()
  const program = await serve(varDir)
  let owner = ownerOf(varDir)
  const cookie = await plantSignedIn(owner, 'funds', ['funds_clerk'], COUNTY)
  const load = startLoad(() => ({ url: program.url, cookie }))
  const backAfter: number[] = []
  const meanwhile = new Set<string>()
  for (let kill = 0; kill < 20; kill++) {
    const before = load.done()
    while (load.done() < before + 20) await wait(10)
    process.kill(
      Number(readFileSync(path.join(varDir, 'pg', 'postmaster.pid'), 'utf8').split('\n', 1)[0]),
      'SIGKILL',
    )
    const killedAt = Date.now()
    await until(program.url, (reasons) => {
      for (const { code } of reasons) meanwhile.add(code)
      return isWell(reasons)
    })
    backAfter.push(Date.now() - killedAt)
  }
  console.log(
    `back after ${backAfter.map((ms) => (ms / 1000).toFixed(1)).join(', ')} s; meanwhile ${[...meanwhile].join(', ')}`,
  )
  await load.stop()
  await owner.end()
  owner = ownerOf(varDir)
  await expectOnce(owner, load)
  expect(
    [...load.codes].filter(
      (code) =>
        !/^platform\.(database_lost|database_outcome_unknown|database_unreachable|audit_unavailable|too_many_requests)$/.test(
          code,
        ),
    ),
  ).toEqual([])
  await owner.end()
  expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  await audited(varDir)
})

test('a damaged page: what stands on it is not shown as something else, the message says what to do, all else works on', async () => {
  const varDir = newFolder()
  const first = await serve(varDir)
  const before = ownerOf(varDir)
  const cookie = await plantSignedIn(before, 'funds', ['funds_clerk'], COUNTY)
  const load = startLoad(() => ({ url: first.url, cookie }))
  while (load.done() < 50) await wait(10)
  await load.stop()
  const { rows } = await before.query<{ file: string }>(`select pg_relation_filepath('funds.budget') as file`)
  await before.end()
  await first.kill('SIGTERM')
  const file = path.join(varDir, 'pg', rows[0]?.file ?? '')
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, 4096)
  closeSync(handle)

  const program = await serve(varDir)
  const asked = await send(`/api/counties/${COUNTY}/budgets?year=2026`, undefined, {
    url: program.url,
    cookie,
  })
  expect(asked).toMatchObject({
    status: 503,
    body: { code: 'platform.page_damaged', detail: expect.stringContaining('马上告诉系统管理员') },
  })
  const [reason] = await until(program.url, (reasons) => reasons.length > 0)
  expect(reason).toMatchObject({
    code: 'platform.pages_damaged',
    text: expect.stringContaining('从备份恢复'),
  })
  expect(await send('/api/session', undefined, { url: program.url, cookie })).toMatchObject({ status: 200 })
})

/** A small disk in a mount namespace of its own, for as long as a process holds it. */
async function smallDisk(
  megabytes: number,
): Promise<{ varDir: string; inside: readonly string[]; seen: string }> {
  const folder = newFolder()
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const script = `mount -t tmpfs -o size=${megabytes}m none '${folder}' && echo ready && exec sleep 100000`
  const holder = spawn('unshare', [...user, '--mount', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  holders.push(holder)
  await new Promise<void>((ready) => holder.stdout.on('data', () => ready()))
  const enter = [
    'nsenter',
    '--target',
    String(holder.pid),
    '--mount',
    ...(user.length === 0 ? [] : ['--user', '--preserve-credentials']),
  ]
  return { varDir: path.join(folder, 'var'), inside: enter, seen: `/proc/${holder.pid}/root${folder}` }
}

/** Leaves some hundred kilobytes. */
function fill(folder: string): void {
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(path.join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - 300_000)))
}

test('the disk fills up during a run: it is said, and with room again the run comes to the same end as an undisturbed one', async () => {
  const { varDir, inside, seen } = await smallDisk(1500)
  const load = runProgram(
    ['demo', 'load', 'small', '--months', '2'],
    { MINBEN_VAR: varDir, MINBEN_DEMO: '1' },
    inside,
  )
  expect(await load.ended).toMatchObject({ code: 0 })
  const program = await serve(varDir, { MINBEN_DISK_LOW_MB: '20', MINBEN_DEMO: '1' }, inside)
  const owner = ownerOf(path.join(seen, 'var'))
  const as = async (login: string) => ({ url: program.url, cookie: await signInAs(owner, login) })
  const clerk = await as('clerk')
  const started = await send(
    `/api/counties/${COUNTY}/runs`,
    { group: 'basic_assistance', month: '2020-03' },
    clerk,
  )
  expect(started).toMatchObject({ status: 200 })
  const runNo = Number(started?.body['runNo'])
  fill(seen)
  const reasons = await until(program.url, (all) => all.some(({ code }) => code === 'platform.disk_low'))
  expect(reasons.find(({ code }) => code === 'platform.disk_low')?.text).toMatch(
    /^数据目录所在的磁盘只剩 \d+ MB，快要不能写入了。请马上清理/,
  )
  rmSync(path.join(seen, 'filler'))
  await until(program.url, isWell)
  for (let waited = 0; ; waited += 200) {
    const { rows } = await owner
      .query<{ status: string }>('select status from benefits.run where no = $1', [runNo])
      .catch(() => ({ rows: [] }))
    if (rows[0]?.status === 'computed') break
    expect(waited).toBeLessThan(300_000)
    await wait(200)
  }
  await owner.end()
  expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  const replay = runProgram(
    ['run-month', '--replay', String(runNo), '--county', COUNTY, '--json'],
    { MINBEN_VAR: varDir },
    inside,
  )
  expect(await replay.ended).toEqual({ code: 0, signal: null })
  expect(JSON.parse(replay.said())).toMatchObject({ isIdentical: true })
  await audited(varDir, inside)
})
