import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'

const REAP_MS = 300
/** Clock ticks of /proc/<pid>/stat; Linux has fixed it at 100 for user space. */
const TICKS_PER_SECOND = 100

interface Process {
  parent: number
  ownMs: number
  /** Of children that ended and were waited for. */
  reapedMs: number
}

function readProcess(pid: number): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold spaces and brackets; the fields that matter stand behind its last bracket, from number 3 on.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent = 0, user = 0, system = 0, reapedUser = 0, reapedSystem = 0] = [1, 11, 12, 13, 14].map(
      (at) => fields[at],
    )
    const ms = (ticks: number) => (ticks * 1000) / TICKS_PER_SECOND
    return { parent, ownMs: ms(user + system), reapedMs: ms(reapedUser + reapedSystem) }
  } catch {
    return undefined
  }
}

/** CPU of a whole database server so far: the postmaster, all its processes, and those that have already ended. */
export function clusterCpuMs(postmaster: number): number {
  const head = readProcess(postmaster)
  if (!head) return 0
  let total = head.ownMs + head.reapedMs
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const process = readProcess(pid)
    if (process?.parent === postmaster) total += process.ownMs
  }
  return total
}

export interface Measured<Result> {
  result: Result
  wallMs: number
  nodeCpuMs: number
  serverCpuMs: number
  /** Highest resident memory of this process meanwhile, in MiB; undefined where the kernel does not tell. */
  peakRssMib: number | undefined
  load1: number
}

/** `postmaster` 0 = a server on another machine, whose CPU cannot be seen. */
export async function measure<Result>(
  postmaster: number,
  work: () => Promise<Result>,
): Promise<Measured<Result>> {
  resetPeak()
  const server = clusterCpuMs(postmaster)
  const node = process.cpuUsage()
  const started = performance.now()
  const result = await work()
  const wallMs = performance.now() - started
  const { user, system } = process.cpuUsage(node)
  // A connection that the work closed is counted only when its process has gone.
  if (postmaster !== 0) await setTimeout(REAP_MS)
  const serverCpuMs = clusterCpuMs(postmaster) - server
  return {
    result,
    wallMs,
    nodeCpuMs: (user + system) / 1000,
    serverCpuMs,
    peakRssMib: readPeak(),
    load1: loadavg()[0] ?? 0,
  }
}

function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Not allowed here: the peak then counts from the start of the process.
  }
}

function readPeak(): number | undefined {
  try {
    const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024)
  } catch {
    return undefined
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
