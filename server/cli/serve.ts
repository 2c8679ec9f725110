import { backfills } from '../backfills.ts'
import type { BackgroundLoad } from '../demo/background.ts'
import { buildHttp } from '../http.ts'
import { answerWaiting } from '../http-waiting.ts'
import { jobHandlers } from '../jobs.ts'
import { startBackfills } from '../platform/backfill.ts'
import { clockOf } from '../platform/clock.ts'
import type { Deps } from '../platform/command.ts'
import { readConfig, type Config } from '../platform/config.ts'
import { startDraftSweep } from '../platform/draft-sweep.ts'
import { openDeps } from '../platform/install.ts'
import { outsideProvider } from '../platform/outside-provider.ts'
import { startWorker } from '../platform/jobs.ts'
import { startSealer } from '../platform/sealer.ts'
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

const serve: CliCommand = {
  name: 'serve',
  summary: '启动并提供服务：空库在后台装入演示县（MINBEN_DEMO=0 则为空库）',
  usage: 'serve',
  options: {},
  run: async ({ say }) => {
    const config = readConfig()
    const deps = await openDeps(config, ROLES)
    const kind = await prepareInSight(deps, config, say)
    const ready: Deps = { ...deps, clock: await clockOf(deps.database.app) }
    const sealer = startSealer(ready)
    const sweep = startDraftSweep(ready, config.draftDays, say)
    const outside = config.outside ? { outside: outsideProvider(config.outside) } : {}
    const load = { now: undefined as BackgroundLoad | undefined }
    const http = await buildHttp(ready, {
      ...{ routes, isDemo: kind !== 'real', isTls: config.isTls, ...outside },
      demonstration: () => load.now?.loading() ?? null,
    })
    const worker = await startWorker(ready, jobHandlers)
    // The passwords before the load: they are written by commands, which would wait for those of the loader.
    if (kind !== 'real') await showSignIns(ready, say)
    if (kind === 'unfinished') load.now = startLoading(ready, config, say)
    const filling = startBackfills(ready, backfills, say)
    const address = await http.listen({ port: config.port, host: config.host })
    say(`民本已启动：${address}/office/`)
    const told = load.now ? reportLoaded(ready, load.now, say) : undefined
    if (kind === 'whole') await showFigures(ready, say)
    await stopSignal()
    await load.now?.stop()
    await told
    await http.close()
    await worker.stop()
    await sealer.stop()
    await sweep.stop()
    await filling.stop()
    await deps.close()
    return 0
  },
}

/** The address answers from the first second with how far the preparation is. */
async function prepareInSight(deps: Deps, config: Config, say: CliCall['say']): Promise<Kind> {
  const waiting = await answerWaiting(config)
  try {
    return await openInstallation(deps, config, (text) => {
      say(text)
      waiting.tell(text)
    })
  } finally {
    await waiting.stop()
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

const workerCommand: CliCommand = {
  name: 'worker',
  summary: '只办理后台任务（核算、发布等），与 serve 分开运行时用',
  usage: 'worker',
  options: {},
  run: async ({ say }) => {
    const deps = await openDeps(readConfig(), ROLES)
    const worker = await startWorker(deps, jobHandlers)
    say('后台任务已启动。')
    await stopSignal()
    await worker.stop()
    await deps.close()
    return 0
  },
}

export const serveCommands: readonly CliCommand[] = [serve, workerCommand]
