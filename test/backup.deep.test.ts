import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'

/**
 * The whole of it, with nothing but what an operator has: the office serves and people write through it, a copy is made by itself
 * while they do, the office is restarted, the machine dies, the data folder is gone, and all comes back from the backup.
 */

const BIN = path.resolve(import.meta.dirname, '../bin/minben.js')
const COUNTY = '441882'
const NOBODY = 65534
const isRoot = process.getuid?.() === 0
const USERS = isRoot
  ? [
      { user: 'root', ids: {} },
      { user: 'nobody', ids: { uid: NOBODY, gid: NOBODY } },
    ]
  : [{ user: 'self', ids: {} }]

/** Before the kill; what was acknowledged earlier must be there. */
const MOST_LOST_MS = 60_000
/** From the restart to the kill. */
const STRETCH_MS = 50_000
/** What the drill left to do is done, and the server has taken its statistics of what was new to it, which it does by the minute. */
const SETTLING_MS = 130_000
const IDLE_MS = 120_000

const running = new Set<ChildProcess>()
const homes: string[] = []
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

interface Machine {
  home: string
  env: NodeJS.ProcessEnv
  ids: { uid?: number; gid?: number }
}

function machineOf(ids: Machine['ids']): Machine {
  const home = mkdtempSync(path.join(tmpdir(), 'minben-deep-'))
  homes.push(home)
  chmodSync(home, 0o755)
  for (const folder of ['.', 'var', 'keys', 'tmp', 'second']) {
    mkdirSync(path.join(home, folder), { recursive: true, mode: 0o700 })
    if (ids.uid !== undefined && ids.gid !== undefined) chownSync(path.join(home, folder), ids.uid, ids.gid)
  }
  const env = {
    ...process.env,
    ...{ HOME: home, TMPDIR: path.join(home, 'tmp'), PORT: '0', MINBEN_DEMO: '0', DATABASE_URL: undefined },
    MINBEN_VAR: path.join(home, 'var'),
    MINBEN_BACKUP: path.join(home, 'backup'),
    MINBEN_KEYS: path.join(home, 'keys', 'keyring.json'),
    MINBEN_BACKUP_COPY: path.join(home, 'second'),
  }
  return { home, env, ids }
}

interface Serving {
  child: ChildProcess
  url: string
}

async function serve({ env, ids }: Machine): Promise<Serving> {
  const child = spawn(process.execPath, [BIN, 'serve'], { env, ...ids, stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  const url = await new Promise<string>((resolve, reject) => {
    let told = ''
    child.once('exit', () => reject(new Error(`serve ended: ${told}`)))
    child.stdout?.on('data', (bytes: Buffer) => {
      told += bytes.toString()
      const [, address] = /民本已启动：(http:\S+?)\/office\//.exec(told) ?? []
      if (address) resolve(address)
    })
  })
  return { child, url }
}

async function stop({ child }: Serving): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
  running.delete(child)
}

function minben(
  { env, ids }: Machine,
  args: string[],
  more: NodeJS.ProcessEnv = {},
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    ...{ env: { ...env, ...more }, ...ids, encoding: 'utf8', maxBuffer: 2 ** 26 },
  })
  return { code: status, out: stdout, err: stderr }
}

/** Superuser on a running installation. */
async function asOwner<Result>(
  varDir: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const password = readFileSync(path.join(varDir, 'postgres.secret'), 'utf8')
  const port = Number(readFileSync(path.join(varDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[3])
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'minben' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Somebody who may keep drafts, signed in without a password; the token of the sign-in. */
function plantPerson(varDir: string): Promise<string> {
  return asOwner(varDir, async (client) => {
    const account = randomUUID()
    const token = randomUUID()
    await client.query(
      `insert into platform.role (key, title, permissions) values ('typist', 'typist', '{platform.draft.keep}')`,
    )
    await client.query(
      `insert into platform.account (id, login, full_name, roles, scope, level, created_at)
       values ($1, 'typist', 'typist', '{typist}', '{${COUNTY}}', 'county', now())`,
      [account],
    )
    await client.query(
      `insert into platform.session (id, token_hash, account_id, device, ends_at)
       values (gen_random_uuid(), $1, $2, '', now() + interval '1 day')`,
      [createHash('sha256').update(token).digest(), account],
    )
    return token
  })
}

interface Acknowledged {
  version: number
  /** By the clock of this machine, after the answer came. */
  atMs: number
}

/** Writes the next version of one draft as soon as the last was acknowledged; where the office is away it tries again. */
class Typist {
  readonly done: Acknowledged[] = []
  readonly draft = randomUUID()
  readonly writer = randomUUID()
  url = ''
  private isWriting = false
  private work = Promise.resolve()
  private readonly token: string

  constructor(token: string) {
    this.token = token
  }

  begin(url: string): void {
    this.url = url
    this.isWriting = true
    this.work = this.write()
  }

  async rest(): Promise<void> {
    this.isWriting = false
    await this.work
  }

  private async write(): Promise<void> {
    for (let version = (this.done.at(-1)?.version ?? 0) + 1; this.isWriting;) {
      const isDone = await this.save(version).catch(() => false)
      if (isDone) this.done.push({ version: version++, atMs: Date.now() })
      await wait(60) // below the limit of requests that one computer may send
    }
  }

  private async save(version: number): Promise<boolean> {
    const { draft, writer, token, url } = this
    const answer = await fetch(`${url}/api/counties/${COUNTY}/drafts/${draft}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-minben': '1', cookie: `minben_session=${token}` },
      body: JSON.stringify({ form: 'test.form', content: `第 ${version} 稿`, writer, version, base: 0 }),
      signal: AbortSignal.timeout(5000),
    })
    return answer.ok
  }
}

/** The version of the draft, and how many rows of the trail there are, in an installation that nobody serves. */
async function versionIn(machine: Machine, to: string): Promise<number> {
  const serving = await serve({
    ...machine,
    env: { ...machine.env, MINBEN_VAR: to, MINBEN_BACKUP: `${to}-backup` },
  })
  try {
    return await asOwner(to, async (client) => {
      const { rows } = await client.query<{ version: number }>('select version::int from platform.draft')
      return rows[0]?.version ?? 0
    })
  } finally {
    await stop(serving)
  }
}

/** Everything at once, as when the power goes. */
async function powerCut(serving: Serving, varDir: string): Promise<void> {
  const postmaster = Number(readFileSync(path.join(varDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0])
  const of = (pid: number) =>
    spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .stdout.split('\n')
      .map(Number)
      .filter(Boolean)
  serving.child.kill('SIGKILL')
  for (const pid of [postmaster, ...of(postmaster)]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // ended meanwhile
    }
  }
  running.delete(serving.child)
  while (
    existsSync(`/proc/${postmaster}`) &&
    !readFileSync(`/proc/${postmaster}/stat`, 'utf8').includes(') Z')
  )
    await wait(20)
}

async function until(what: string, found: () => boolean, patienceMs = 120_000): Promise<void> {
  for (const end = Date.now() + patienceMs; !found(); await wait(200))
    if (Date.now() > end) throw new Error(`${what} did not come about`)
}

function wholeCopies(root: string): string[] {
  const base = path.join(root, 'base')
  return existsSync(base) ? readdirSync(base).filter((name) => !name.endsWith('.tmp')) : []
}

interface Volume {
  segments: number
  bytes: number
}

function volumeOf(root: string): Volume {
  const wal = path.join(root, 'wal')
  const names = existsSync(wal) ? readdirSync(wal) : []
  return {
    segments: names.length,
    bytes: names.reduce((sum, name) => sum + statSync(path.join(wal, name)).size, 0),
  }
}

function perDay(title: string, before: Volume, after: Volume, ms: number): string {
  const days = 86_400_000 / ms
  const megabytes = ((after.bytes - before.bytes) * days) / 2 ** 20
  return `${title}: ${after.segments - before.segments} segments, ${after.bytes - before.bytes} bytes in ${Math.round(ms / 1000)} s = ${megabytes.toFixed(1)} MB a day`
}

describe.each(USERS)('as $user', ({ ids }) => {
  test('what was acknowledged a minute before the machine died is there, and every moment before', async () => {
    const machine = machineOf(ids)
    const [varDir, root] = [path.join(machine.home, 'var'), path.join(machine.home, 'backup')]
    let serving = await serve(machine)
    const typist = new Typist(await plantPerson(varDir))
    typist.begin(serving.url)
    await until('the first copy', () => wholeCopies(root).length === 1)
    expect(typist.done.length).toBeGreaterThan(0)
    const second = path.join(machine.home, 'second', 'base', wholeCopies(root)[0] ?? '', 'manifest.json')
    await until('the copy at the second place', () => existsSync(second))

    await stop(serving)
    serving = await serve(machine)
    typist.url = serving.url
    const restartedAt = Date.now()
    const busyFrom = volumeOf(root)
    await wait(STRETCH_MS / 2)
    await typist.rest()
    await wait(20)
    const exact = { at: new Date().toISOString(), version: typist.done.at(-1)?.version }
    await wait(20)
    typist.begin(serving.url)
    await wait(restartedAt + STRETCH_MS - Date.now())
    const busyTo = volumeOf(root)
    const killedAt = Date.now()
    await powerCut(serving, varDir)
    await typist.rest()
    rmSync(varDir, { recursive: true })

    const lost: number[] = []
    for (const round of [1, 2]) {
      const to = path.join(machine.home, `restored-${round}`)
      const end = minben(machine, ['restore', '--from', root, '--to', to, '--json'], {
        MINBEN_BACKUP: `${to}-backup`,
      })
      expect([end.code, end.err]).toEqual([0, ''])
      const version = await versionIn(machine, to)
      const first = typist.done.find((each) => each.version > version)
      lost.push(first ? Math.max(0, killedAt - first.atMs) : 0)
      expect(lost.at(-1)).toBeLessThan(MOST_LOST_MS)

      const then = path.join(machine.home, `then-${round}`)
      const args = ['restore', '--from', root, '--to', then, '--at', exact.at]
      const moment = minben(machine, args, { MINBEN_BACKUP: `${then}-backup` })
      expect([moment.code, moment.err]).toEqual([0, ''])
      expect(await versionIn(machine, then)).toBe(exact.version)

      for (const place of [to, then]) {
        const audit = minben(machine, ['audit', 'verify', '--json'], {
          MINBEN_VAR: place,
          MINBEN_BACKUP: `${place}-backup`,
        })
        expect([audit.code, JSON.parse(audit.out)]).toEqual([
          0,
          expect.objectContaining({ ok: true, findings: 0 }),
        ])
      }
    }

    // The restored installation goes on with a backup of its own, which is as good as the first.
    const again = {
      ...machine,
      env: {
        ...machine.env,
        MINBEN_VAR: path.join(machine.home, 'restored-2'),
        MINBEN_BACKUP: path.join(machine.home, 'own'),
      },
    }
    serving = await serve(again)
    typist.begin(serving.url)
    await until('a copy on the new timeline', () => wholeCopies(path.join(machine.home, 'own')).length > 0)
    await typist.rest()
    const drilled = minben(again, ['backup', '--drill', '--json'])
    expect([drilled.code, drilled.err]).toEqual([0, ''])
    await wait(SETTLING_MS)
    const idleFrom = volumeOf(path.join(machine.home, 'own'))
    await wait(IDLE_MS)
    const idleTo = volumeOf(path.join(machine.home, 'own'))
    await stop(serving)
    const third = path.join(machine.home, 'third')
    const last = minben(
      again,
      ['restore', '--from', path.join(machine.home, 'own'), '--to', third, '--json'],
      { MINBEN_BACKUP: `${third}-backup` },
    )
    expect([last.code, last.err]).toEqual([0, ''])
    expect(JSON.parse(last.out)).toMatchObject({ timeline: 3 })
    expect(await versionIn(machine, third)).toBe(typist.done.at(-1)?.version)

    console.log(
      `lost before the kill: ${lost.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ')}; acknowledged ${typist.done.length}`,
    )
    console.log(perDay('busy', busyFrom, busyTo, STRETCH_MS))
    console.log(perDay('idle', idleFrom, idleTo, IDLE_MS))
  })
})
