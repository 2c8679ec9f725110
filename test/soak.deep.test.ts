import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { audited } from './audited.ts'
import { ownerOf } from './own-installation.ts'
import { freePort, runProgram, type Program } from './serving.ts'
import { judge, type Sample } from './soak-judge.ts'
import { leftIn, stockOf, untilQuiet, workAll } from './soak-load.ts'
import { SoakOffice } from './soak-office.ts'
import { heldUntil, sampleOf, temporaryIn, type Watched } from './soak-samples.ts'

/**
 * Eight hours of a small office, in twenty minutes (SOAK_MINUTES for another length): a month is computed and sent back all the while,
 * and people search, write, decide, import, take out, come and go. Each piece of work is brought back to where it began; so memory, open
 * files and connections of the server stay where they were once it is warm. SOAK_NODE_OPTIONS are options of the server's own Node.js.
 */

const COUNTY = '441882'
const MINUTES = Number(process.env.SOAK_MINUTES ?? 20)
const EVERY_MS = 10_000
/** From here on memory is held to a tenth. */
const LONG_MINUTES = 10

const varDir = path.join(mkdtempSync(path.join(tmpdir(), 'minben-soak-')), 'var')
const running: Program[] = []
afterAll(async () => {
  for (const each of running) await each.kill('SIGTERM')
  rmSync(path.dirname(varDir), { recursive: true, force: true })
})

interface Served extends Program {
  url: string
  pid: number
}

async function serve(): Promise<Served> {
  const environment = { MINBEN_VAR: varDir, MINBEN_DEMO: '1' }
  const load = runProgram(['demo', 'load', 'small', '--months', '2'], environment)
  expect(await load.ended).toMatchObject({ code: 0 })
  const port = await freePort()
  const program = runProgram(['serve'], {
    ...{ ...environment, PORT: String(port), NODE_OPTIONS: process.env.SOAK_NODE_OPTIONS ?? '' },
    // Small enough to be closed and begun anew meanwhile.
    ...{
      MINBEN_LOG: 'off',
      MINBEN_LOG_FILE: path.join(varDir, 'log', 'minben.log'),
      MINBEN_LOG_FILE_MB: '1',
    },
    ...{ MINBEN_DISK_LOW_MB: '0', MINBEN_DISK_NOTE_MB: '0' },
  })
  running.push(program)
  await program.says('民本已启动')
  return { ...program, url: `http://127.0.0.1:${port}`, pid: program.child.pid ?? 0 }
}

function passwordsIn(said: string): Map<string, string> {
  return new Map([...said.matchAll(/^ {2}(\S+) +(\S+)$/gm)].map(([, login = '', word = '']) => [login, word]))
}

async function watch(
  watched: Watched,
  office: SoakOffice,
  { child, complained }: Program,
): Promise<Sample[]> {
  const samples: Sample[] = []
  const started = Date.now()
  for (let passed = EVERY_MS; passed <= MINUTES * 60_000; passed += EVERY_MS) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(
        `the server ended after ${passed / 1000} s (${child.exitCode ?? child.signalCode}):\n${complained().slice(-4000)}`,
      )
    const held = await heldUntil(watched, started + passed)
    const second = Math.round((Date.now() - started) / 1000)
    samples.push({ second, ...(await sampleOf(watched)), ...held, times: office.takeTimes() })
  }
  return samples
}

/** What has been kept for good. */
async function keptIn({ owner }: Watched) {
  const { rows } = await owner.query<Record<string, number>>(
    `select (select count(*)::int from platform.idempotency_key) as "idempotencyKeys",
            (select count(*)::int from platform.audit_row) as "auditRows",
            (select count(*)::int from benefits.run where status = 'rejected') as "runsSentBack",
            (select count(*)::int from graphile_worker._private_job_queues) as "jobQueues",
            round(pg_database_size(current_database()) / 1048576.0)::int as "databaseMib"`,
  )
  return rows[0]
}

test('after a long day memory, files and connections are where they were, and nothing is left behind', async () => {
  const program = await serve()
  const owner = ownerOf(varDir)
  await owner.query(`update platform.simulated_clock set now = greatest(now, '2020-03-05T08:00:00+08:00')`)
  const watched = { url: program.url, pid: program.pid, varDir, owner }
  const office = new SoakOffice(
    () => [program.url],
    passwordsIn(program.said()),
    Number(process.env.SEED ?? 20_261_122),
  )
  const before = await keptIn(watched)
  const working = workAll(office, await stockOf(owner, COUNTY))
  const samples = await watch(watched, office, program).finally(() => (office.isOver = true))
  await working
  await untilQuiet(owner)

  const { faults, ...judged } = judge(samples, { isLong: MINUTES >= LONG_MINUTES })
  const { requests, refusals, failures } = office
  const left = { ...(await leftIn(owner)), temporary: temporaryIn(varDir) }
  const kept = { before, after: await keptIn(watched) }
  const figures = { minutes: MINUTES, requests, refusals, failures: failures.length, ...judged, left, kept }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  await owner.end()

  expect(failures).toEqual([])
  expect(faults).toEqual([])
  expect(left).toEqual({
    ...{ drafts: 0, jobs: 0, unanswered: 0, runs: 0, proposals: 0, imports: 0, transactions: 0 },
    temporary: [],
  })
  expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  await audited(varDir)
}, 7_200_000)
