import { existsSync } from 'node:fs'
import { backfills } from '../backfills.ts'
import type { BackgroundLoad } from '../demo/background.ts'
import { buildHttp } from '../http.ts'
import { openCertificate, type Certificate } from '../http-tls.ts'
import { answerWaiting } from '../http-waiting.ts'
import { startBackups } from '../platform/backup/service.ts'
import { startBackfills } from '../platform/backfill.ts'
import { clockOf } from '../platform/clock.ts'
import type { Deps } from '../platform/command.ts'
import { readConfig, type Config } from '../platform/config.ts'
import { hasDatabase } from '../platform/database.ts'
import { conflict } from '../platform/errors.ts'
import { openDeps } from '../platform/install.ts'
import { isErrno } from '../platform/keys.ts'
import { watchKeyRing } from '../platform/key-watch.ts'
import { openLog, placeOf, type Log } from '../platform/log.ts'
import { outsideProvider } from '../platform/outside-provider.ts'
import { startSealer } from '../platform/sealer.ts'
import { lockServing } from '../platform/serve-lock.ts'
import { startSweep } from '../platform/sweep.ts'
import { ROLES } from '../roles.ts'
import { routes } from '../routes.ts'
import type { CliCall, CliCommand } from './cli.ts'
import {
  openInstallation,
  reportLoaded,
  showFigures,
  showSignIns,
  startLoading,
  type Kind,
} from './demonstration.ts'
import {
  closeHttp,
  endService,
  remindOfAccounts,
  remindOfKeys,
  startLoggedWorker,
  stopSignal,
} from './service.ts'

const serve: CliCommand = {
  name: 'serve',
  summary: '启动并提供服务：空库在后台装入演示县（MINBEN_DEMO=0 则为空库）',
  usage: 'serve',
  options: {},
  run: async ({ say }) => {
    const config = readConfig()
    requireMounted(config)
    // Of a database of its own several programs may serve; the embedded one belongs to one.
    const lock =
      config.databaseUrl === undefined ? lockServing(config.varDir, addressOf(config), nowText()) : undefined
    const log = openLog(config.service.log)
    try {
      await serveOffice(config, log, say)
      return 0
    } finally {
      lock?.release()
      await log.close()
    }
  },
}

/** An empty office beside the keys of a full one: its disk is away. Begun anew, people would work in the wrong place. */
function requireMounted(config: Config): void {
  if (hasDatabase(config) || !existsSync(config.keyFile)) return
  throw conflict(
    'platform.data_missing',
    `密钥文件 ${config.keyFile} 在，而数据目录 ${config.varDir} 里没有数据库，没有启动，也没有新建。可能是数据盘没有挂载，或 MINBEN_VAR 写错了；数据丢了的，从备份恢复（docs/recover.md）；确实是新装，先把这个密钥文件移开。`,
  )
}

async function serveOffice(config: Config, log: Log, say: CliCall['say']): Promise<void> {
  const certificate = certificateOf(config, log)
  const deps = await openDeps(config, ROLES)
  try {
    await serveOpened(deps, config, { certificate, log, say })
  } catch (error) {
    await deps.close()
    throw isErrno(error, 'EADDRINUSE') ? portTaken(config) : error
  }
}

function portTaken({ host, port }: Config) {
  return conflict(
    'platform.port_taken',
    `${host}:${port} 已被另一个程序占用，没有启动。请停掉那个程序，或用 PORT 换一个端口。`,
  )
}

interface Surroundings {
  certificate: Certificate | undefined
  log: Log
  say: CliCall['say']
}

async function serveOpened(
  deps: Deps & { close: () => Promise<void> },
  config: Config,
  { certificate, log, say }: Surroundings,
): Promise<void> {
  const kind = await prepareInSight(deps, config, { certificate, say })
  const ready: Deps = { ...deps, clock: await clockOf(deps.database.app) }
  const sealer = startSealer(ready, undefined, ({ county, error }) => {
    process.stderr.write(
      `审计封存失败 ${county}：${error instanceof Error ? error.message : String(error)}\n`,
    )
    log.write({ event: 'service', what: 'seal_failed', error: placeOf(error) })
  })
  const sweep = startSweep(ready, config, say)
  const keys = watchKeyRing(ready.keys)
  const outside = config.outside ? { outside: outsideProvider(config.outside) } : {}
  const load = { now: undefined as BackgroundLoad | undefined }
  const http = await buildHttp(ready, {
    ...{ routes, isDemo: kind !== 'real', isTls: config.isTls, ...outside },
    ...{ log, metrics: { token: config.service.metricsToken }, ...(certificate ? { certificate } : {}) },
    demonstration: () => load.now?.loading() ?? null,
  })
  const worker = await startLoggedWorker(ready, log)
  // The passwords before the load: they are written by commands, which would wait for those of the loader.
  if (kind !== 'real') await showSignIns(ready, say)
  if (kind === 'real') await remindOfAccounts(ready, say)
  await remindOfKeys(ready, say)
  if (kind === 'unfinished') load.now = startLoading(ready, config, say)
  const backups = startBackups({
    ...{ adminUrl: deps.database.adminUrl, config, say },
    isLoading: () => (load.now?.loading() ?? null) !== null,
  })
  const filling = startBackfills(ready, backfills, say)
  const stop = stopSignal()
  const address = await http.listen({ port: config.port, host: config.host })
  say(`民本已启动：${address}/office/`)
  log.write({ event: 'service', what: 'started', pid: process.pid })
  const told = load.now ? reportLoaded(ready, load.now, say) : undefined
  if (kind === 'whole') await showFigures(ready, say)
  await stop
  log.write({ event: 'service', what: 'stopping' })
  await load.now?.stop()
  await told
  keys.stop()
  certificate?.stop()
  const ending = async () => {
    await Promise.allSettled([closeHttp(http), worker.stop(), sealer.stop(), sweep.stop(), filling.stop()])
    await backups.stop() // what was done last is in the archive then
  }
  await endService([ending], deps.close)
  log.write({ event: 'service', what: 'stopped' })
}

function addressOf({ host, port, service }: Config): string {
  return `${service.tls ? 'https' : 'http'}://${host}:${port}/office/`
}

/** On the wall clock of the county, to the second. */
function nowText(): string {
  const format = { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' } as const
  return new Intl.DateTimeFormat('sv-SE', format).format(new Date())
}

function certificateOf({ service }: Config, log: Log): Certificate | undefined {
  // In a window the signal means that it was closed; a service is told by it to read its files again, of which there are none.
  if (!service.tls && !process.stdout.isTTY) process.on('SIGHUP', () => {})
  if (!service.tls) return undefined
  const certificate = openCertificate(service.tls, (failure) =>
    log.write(
      failure === undefined
        ? { event: 'service', what: 'certificate_renewed' }
        : { event: 'service', what: 'certificate_refused', error: placeOf(failure) },
    ),
  )
  process.on('SIGHUP', certificate.renew)
  return certificate
}

/** The address answers from the first second with how far the preparation is. */
async function prepareInSight(
  deps: Deps,
  config: Config,
  { certificate, say }: Pick<Surroundings, 'certificate' | 'say'>,
): Promise<Kind> {
  const waiting = await answerWaiting(config, certificate)
  try {
    return await openInstallation(deps, config, (text) => {
      say(text)
      waiting.tell(text)
    })
  } finally {
    await waiting.stop()
  }
}

const workerCommand: CliCommand = {
  name: 'worker',
  summary: '只办理后台任务（核算、发布等），与 serve 分开运行时用',
  usage: 'worker',
  options: {},
  run: async ({ say }) => {
    const config = readConfig()
    const log = openLog(config.service.log)
    const deps = await openDeps(config, ROLES)
    const keys = watchKeyRing(deps.keys)
    const worker = await startLoggedWorker(deps, log)
    const stop = stopSignal()
    say('后台任务已启动。')
    log.write({ event: 'service', what: 'started', pid: process.pid })
    await stop
    keys.stop()
    await endService([worker.stop], deps.close)
    log.write({ event: 'service', what: 'stopped' })
    await log.close()
    return 0
  },
}

export const serveCommands: readonly CliCommand[] = [serve, workerCommand]
