import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { Readiness } from '../server/platform/readiness.schema.ts'
import { expectOnce, startLoad } from './budget-load.ts'
import { ownerOf, plantSignedIn, send, signInAs } from './own-installation.ts'
import { freePort, runProgram, type Program } from './serving.ts'

/** One machine from its first start on: a second start, an end, a power failure, keys that are gone. Real processes throughout. */

const varDir = mkdtempSync(path.join(tmpdir(), 'minben-service-'))
const pidFile = path.join(varDir, 'pg', 'postmaster.pid')
const keyFile = path.join(varDir, 'keys', 'keyring.json')
const running: Program[] = []

afterAll(async () => {
  for (const each of running) await each.kill('SIGKILL')
  await killDatabase()
  rmSync(varDir, { recursive: true, force: true })
})

async function serve(): Promise<Program & { url: string }> {
  const port = await freePort()
  const program = runProgram(['serve'], {
    MINBEN_VAR: varDir,
    PORT: String(port),
    MINBEN_DISK_LOW_MB: '0',
    MINBEN_DISK_NOTE_MB: '0',
  })
  running.push(program)
  return { ...program, url: `http://127.0.0.1:${port}` }
}

const databasePid = () => Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0])

async function killDatabase(): Promise<void> {
  if (!existsSync(pidFile)) return
  const pid = databasePid()
  try {
    process.kill(pid, 'SIGKILL')
    while (existsSync(`/proc/${pid}`)) await wait(20)
  } catch {
    // It is gone already.
  }
}

async function codesOf(url: string): Promise<[status: number, reasons: string[], notes: string[]]> {
  const answer = await fetch(`${url}/readyz`)
  const { reasons, notes } = (await answer.json()) as Readiness
  return [answer.status, reasons.map(({ code }) => code), notes.map(({ code }) => code)]
}

describe('one data directory', () => {
  test('is served by one program: the second is refused, told who the first is; the first ends properly and takes its database along', async () => {
    const first = await serve()
    await first.says('民本已启动')
    expect(first.said()).toContain('请把密钥另存一份')
    expect(await codesOf(first.url)).toEqual([200, [], ['platform.keys_not_copied']])

    const second = await serve()
    expect(await second.ended).toEqual({ code: 1, signal: null })
    expect(second.complained()).toBe(
      `数据目录 ${varDir} 已有一个民本在运行：进程 ${first.child.pid}，网址 ${first.url}/office/，${/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(second.complained())?.[0]} 启动。没有再启动一个。请直接打开这个网址；要重新启动，先停掉那个进程。（platform.already_running）\n`,
    )
    expect((await codesOf(first.url))[0]).toBe(200)

    // systemctl reload, where there is no certificate to renew.
    first.child.kill('SIGHUP')
    expect((await codesOf(first.url))[0]).toBe(200)
    const database = databasePid()
    expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    expect([existsSync(`/proc/${database}`), existsSync(path.join(varDir, 'serve.lock'))]).toEqual([
      false,
      false,
    ])
  })

  test('a database that is killed under load comes back by itself; what was sent is there once (twenty kills: faults.deep)', async () => {
    const program = await serve()
    await program.says('民本已启动')
    let owner = ownerOf(varDir)
    const cookie = await plantSignedIn(owner, 'funds', ['funds_clerk'], '441882')
    const load = startLoad(() => ({ url: program.url, cookie }))
    for (let kill = 0; kill < 2; kill++) {
      const before = load.done()
      while (load.done() < before + 10) await wait(10)
      process.kill(databasePid(), 'SIGKILL')
      while ((await codesOf(program.url))[0] !== 200) await wait(50)
    }
    await load.stop()
    await owner.end()
    owner = ownerOf(varDir)
    await expectOnce(owner, load)
    await owner.end()
    expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  })

  test('told to stop, finishes the request that is under way', async () => {
    const program = await serve()
    await program.says('民本已启动')
    const owner = ownerOf(varDir)
    const cookie = await signInAs(owner, 'funds')
    const lock = await owner.connect()
    await lock.query('begin; lock table funds.budget in access exclusive mode')
    const budget = {
      fiscalYear: 2026,
      source: '县级',
      program: 'subsistence_allowance',
      amountFen: 1,
      basis: '测试',
    }
    const answer = send('/api/counties/441882/budgets', budget, { url: program.url, cookie })
    const isWaiting = async () =>
      (await owner.query(`select from pg_stat_activity where wait_event_type = 'Lock'`)).rowCount === 1
    while (!(await isWaiting())) await wait(20)
    const ended = program.kill('SIGTERM')
    while ((await send('/healthz', undefined, { url: program.url, cookie }))?.status === 200) await wait(20)
    await lock.query('commit')
    lock.release()
    expect(await answer).toMatchObject({ status: 200 })
    await owner.end()
    expect(await ended).toEqual({ code: 0, signal: null })
    // It came to its end by itself: whoever is broken off leaves its lock behind.
    expect(existsSync(path.join(varDir, 'serve.lock'))).toBe(false)
  })

  test('starts again after the power failed, also where another program has got the numbers that were left behind', async () => {
    const before = await serve()
    await before.says('民本已启动')
    const lock = path.join(varDir, 'serve.lock')
    const left = readFileSync(lock, 'utf8')
    await before.kill('SIGKILL')
    await killDatabase()
    // As after a start of the machine: this process now has the numbers of both.
    expect(readFileSync(lock, 'utf8')).toBe(left)
    writeFileSync(lock, left.replace(/"pid":\d+/, `"pid":${process.pid}`))
    const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n')
    writeFileSync(pidFile, [String(process.pid), ...rest].join('\n'))

    const after = await serve()
    await after.says('民本已启动')
    expect((await codesOf(after.url))[0]).toBe(200)
    expect(await after.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  })

  test('without its keys does not start, and says so in one message; no other keys are made', async () => {
    renameSync(keyFile, `${keyFile}.away`)
    const program = await serve()
    expect(await program.ended).toEqual({ code: 1, signal: null })
    expect(program.complained()).toBe(
      `找不到密钥文件 ${keyFile}。请把安装时另行保管的密钥文件放回原处(权限 0600)后重新启动;没有它,已加密的数据无法读取。（platform.keys_missing）\n`,
    )
    expect([existsSync(keyFile), existsSync(pidFile)]).toEqual([false, false])
    renameSync(`${keyFile}.away`, keyFile)
  })
})
