/**
 * What somebody who helps from afar needs to know of an installation, in one file that may leave the office: no personal data and no
 * secret can get in, because every part is put together from named fields, and texts that others wrote are left out.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import type { Deps } from './platform/command.ts'
import type { Config } from './platform/config.ts'
import { isAppError } from './platform/errors.ts'
import { listFailedJobs } from './platform/jobs.ts'
import { freeDiskMib } from './platform/readiness-checks.ts'
import { listAppliedAt, listServerSettings, listTableSizes, serverVersion } from './platform/support.db.ts'
import { VERSION } from './platform/version.ts'
import type { Packed } from './platform/zip.ts'
import { lookReady } from './readiness.ts'

const LOG_BYTES = 2 * 2 ** 20

/** `opened` is the failure where the installation could not be opened: then the parts that need it are missing. */
export async function supportFiles(config: Config, opened: Deps | { failure: unknown }): Promise<Packed[]> {
  const parts: [name: string, content: unknown][] = [
    ['versions.json', await versions(opened)],
    ['configuration.json', shownConfiguration(config)],
    ['disk.json', { freeMib: await freeDiskMib(config.varDir) }],
  ]
  if ('failure' in opened) parts.push(['failure.json', failureOf(opened.failure)])
  else
    for (const [name, read] of PARTS)
      parts.push([name, await read(opened).catch((error: unknown) => failureOf(error))])
  return [
    textFile('README.txt', README),
    ...parts.map(([name, content]) => textFile(name, `${JSON.stringify(content, null, 2)}\n`)),
    textFile('log.jsonl', lastLogLines(config.service.log.file)),
  ]
}

const README = `民本支持包：版本、配置（不含密码和密钥）、运行状况、各表大小、升级记录、数据库参数、最近的日志、没有办成的后台任务。
不含任何人员的姓名、证件号码、电话、账号，也不含密码和密钥。交出之前请自己打开看一遍。
`

const PARTS: readonly [name: string, read: (deps: Deps) => Promise<unknown>][] = [
  ['readiness.json', (deps) => lookReady(deps)],
  ['tables.json', ({ database }) => listTableSizes(database.runner)],
  ['migrations.json', ({ database }) => listAppliedAt(database.app)],
  ['postgres.json', ({ database }) => listServerSettings(database.app)],
  ['jobs.json', failedJobs],
]

async function versions(opened: Deps | { failure: unknown }) {
  const postgres = 'failure' in opened ? null : await serverVersion(opened.database.app).catch(() => null)
  return {
    ...{ minben: VERSION, node: process.version, postgres },
    system: `${platform()} ${release()} ${arch()}`,
    ...{ processors: cpus().length, memoryMib: Math.round(totalmem() / 2 ** 20) },
  }
}

/** Named one by one: whatever is added to the configuration stays out until somebody has thought about it. */
function shownConfiguration({ port, host, demo, isTls, draftDays, databaseUrl, outside, service }: Config) {
  const { tls, metricsToken, log, limits } = service
  return {
    ...{ port, host, demo, isTls, draftDays, limits },
    database: databaseUrl === undefined ? 'embedded' : 'external',
    ...{ ownCertificate: tls !== undefined, metricsToken: metricsToken !== undefined },
    outsideSignIn: outside !== undefined,
    log: { toStdout: log.toStdout, toFile: log.file !== undefined, fileMib: log.fileMib, files: log.files },
  }
}

/** Of an error that somebody wrote down its code is kept, where it has one: its text may quote what was typed. */
async function failedJobs({ database }: Deps) {
  const jobs = await listFailedJobs({ database })
  return jobs.map(({ id, name, attempts, isGivenUp, lastError, nextAt }) => ({
    ...{ id, name, attempts, isGivenUp, nextAt },
    code:
      /\b(platform|registry|benefits|funds|imports|indicators|social_assistance)\.[a-z_]+\b/.exec(
        lastError,
      )?.[0] ?? null,
  }))
}

function failureOf(error: unknown): { unavailable: string } {
  return { unavailable: isAppError(error) ? error.code : error instanceof Error ? error.name : 'unknown' }
}

const KEPT = ['time', 'level', 'event', 'method', 'route', 'status', 'ms', 'requestId', 'what', 'job', 'jobId', 'attempt', 'outcome', 'error'] // prettier-ignore

/** The end of the file, line by line: what is not one of ours is left out. */
function lastLogLines(file: string | undefined): string {
  if (file === undefined || !existsSync(file)) return ''
  return endOf(file)
    .split('\n')
    .flatMap((line) => keptOf(line) ?? [])
    .map((line) => `${line}\n`)
    .join('')
}

function keptOf(line: string): string | undefined {
  try {
    const fields = JSON.parse(line) as Record<string, unknown>
    return JSON.stringify(
      Object.fromEntries(KEPT.flatMap((name) => (name in fields ? [[name, fields[name]]] : []))),
    )
  } catch {
    return undefined
  }
}

function endOf(file: string): string {
  const handle = openSync(file, 'r')
  try {
    const { size } = fstatSync(handle)
    const bytes = Buffer.alloc(Math.min(size, LOG_BYTES))
    readSync(handle, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8')
  } finally {
    closeSync(handle)
  }
}

function textFile(name: string, text: string): Packed {
  return { name, text: () => [text] }
}
