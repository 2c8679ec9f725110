import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Range, Sample } from './soak-judge.ts'

/** A server, its database and its folder as the system sees them, without asking the server itself but for its metrics. */
export interface Watched {
  url: string
  pid: number
  varDir: string
  owner: pg.Pool
}

export async function sampleOf({
  url,
  pid,
  varDir,
  owner,
}: Watched): Promise<Omit<Sample, 'second' | 'times' | keyof Held>> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
  const mib = (name: string) => round(metric(name) / 2 ** 20)
  const { rows } = await owner.query<{ jobs: number }>(
    'select count(*)::int as jobs from graphile_worker.jobs',
  )
  const database = databaseOf(varDir)
  return {
    rssMib: memoryOf(pid, 'VmRSS'),
    jobs: rows[0]?.jobs ?? 0,
    heapMib: mib('nodejs_heap_size_used_bytes'),
    externalMib: mib('nodejs_external_memory_bytes'),
    lagP99Ms: round(metric('nodejs_eventloop_lag_p99_seconds') * 1000),
    databaseRssMib: residentOf(database),
    databaseProcesses: database.length,
    databaseFiles: database.reduce((sum, each) => sum + filesOf(each), 0),
    incoming: namesIn(path.join(varDir, 'backup', 'incoming')).length,
    temporary: temporaryIn(varDir).length,
  }
}

type Held = Pick<Sample, 'files' | 'connections'>

const LOOK_MS = 500

/** Looked at again and again until then. */
export async function heldUntil({ pid, owner }: Watched, until: number): Promise<Held> {
  const [files, connections]: [number[], number[]] = [[], []]
  while (Date.now() < until) {
    const { rows } = await owner.query<{ open: number }>(
      `select count(*)::int as open from pg_stat_activity
        where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
    )
    files.push(filesOf(pid))
    connections.push(rows[0]?.open ?? 0)
    await wait(LOOK_MS)
  }
  return { files: rangeOf(files), connections: rangeOf(connections) }
}

function rangeOf(values: readonly number[]): Range {
  return { fewest: Math.min(...values), most: Math.max(...values) }
}

/** Half-written files, by what the product and PostgreSQL call them. */
export function temporaryIn(varDir: string): string[] {
  const own = readdirSync(varDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'pg')
    .flatMap(({ name }) => namesBelow(path.join(varDir, name)))
    .filter((name) => /^archtemp|[.]tmp$/.test(path.basename(name)))
  return [...own, ...namesIn(path.join(varDir, 'pg', 'base', 'pgsql_tmp'))]
}

/** The first process of the embedded server and its children. */
function databaseOf(varDir: string): number[] {
  const first = readFileSync(path.join(varDir, 'pg', 'postmaster.pid'), 'utf8').split('\n', 1)[0] ?? ''
  const children = readFileSync(`/proc/${first}/task/${first}/children`, 'utf8')
  return [Number(first), ...children.trim().split(' ').filter(Boolean).map(Number)]
}

/** What each has for itself, and once what they share. */
function residentOf(processes: readonly number[]): number {
  const own = processes.reduce((sum, each) => sum + memoryOf(each, 'RssAnon'), 0)
  return round(own + Math.max(...processes.map((each) => memoryOf(each, 'RssShmem'))))
}

/** MiB; a process of the database may end meanwhile. */
function memoryOf(pid: number, what: string): number {
  const kib = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readOf(`/proc/${pid}/status`))?.[1]
  return round(Number(kib ?? 0) / 1024)
}

function readOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function filesOf(pid: number): number {
  return namesIn(`/proc/${pid}/fd`).length
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
