import { figureSets } from '../app.ts'
import { comparePublished } from '../demo/published.ts'
import { buildPlan } from '../demo/plan.ts'
import { readLianzhou } from '../demo/data.ts'
import { rollText } from '../demo/roll-text.ts'
import { openSignIns } from '../demo/sign-in.ts'
import { answerFigures, type FigureQuestion } from '../engines/indicators/index.ts'
import { listRuns } from '../engines/benefits/index.ts'
import { fillPhoneTails } from '../engines/registry/index.ts'
import { buildHttp } from '../http.ts'
import { answerWaiting } from '../http-waiting.ts'
import { jobHandlers } from '../jobs.ts'
import { findInstallation } from '../platform/account.db.ts'
import { clockOf } from '../platform/clock.ts'
import type { Deps } from '../platform/command.ts'
import { readConfig, type Config } from '../platform/config.ts'
import { startDraftSweep } from '../platform/draft-sweep.ts'
import { conflict } from '../platform/errors.ts'
import { markInstallation, openDeps } from '../platform/install.ts'
import { formatYuan } from '../platform/money.ts'
import { outsideProvider } from '../platform/outside-provider.ts'
import { startWorker } from '../platform/jobs.ts'
import { startSealer } from '../platform/sealer.ts'
import { ROLES } from '../roles.ts'
import { routes } from '../routes.ts'
import type { CliCall, CliCommand } from './cli.ts'
import { loadScenario, paidText } from './demo.ts'
import { figureText } from './figures.ts'

const serve: CliCommand = {
  name: 'serve',
  summary: '启动：空库先装入演示县（MINBEN_DEMO=0 则为空库），然后提供服务',
  usage: 'serve',
  options: {},
  run: async (call) => {
    const config = readConfig()
    const deps = await openDeps(config, ROLES)
    const report = await prepareInSight(deps, config, call.say)
    const ready: Deps = { ...deps, clock: await clockOf(deps.database.app) }
    const sealer = startSealer(ready)
    const sweep = startDraftSweep(ready, config.draftDays, call.say)
    const isDemo = await isDemonstration(ready)
    const outside = config.outside ? { outside: outsideProvider(config.outside) } : {}
    const http = await buildHttp(ready, { routes, isDemo, isTls: config.isTls, ...outside })
    const worker = await startWorker(ready, jobHandlers)
    const address = await http.listen({ port: config.port, host: config.host })
    call.say(`民本已启动：${address}/office/`)
    if (isDemo) await showSignIns(ready, call.say)
    await report(call.say)
    await stopSignal()
    await http.close()
    await worker.stop()
    await sealer.stop()
    await sweep.stop()
    await deps.close()
    return 0
  },
}

/** What is told of the figures once the office is open: nobody waits for it. */
type Report = (say: CliCall['say']) => Promise<void>

/** The address answers from the first second with how far the preparation is. */
async function prepareInSight(deps: Deps, config: Config, say: CliCall['say']): Promise<Report> {
  const waiting = await answerWaiting(config)
  say(`民本正在准备，可以先打开：http://${config.host}:${config.port}/office/`)
  try {
    const report = await prepare(deps, {
      say: (text) => {
        say(text)
        waiting.tell(text)
      },
      isDemo: config.demo,
    })
    await fillPhoneTails(deps)
    return report
  } finally {
    await waiting.stop()
  }
}

async function showSignIns(deps: Deps, say: (text: string) => void): Promise<void> {
  const made = await openSignIns(deps, COUNTY, `${COUNTY}100`)
  if (made.length === 0)
    return say('演示账号的密码已在首次启动时给出；忘记了用 npx minben account password 重置。')
  say('演示账号和密码（本次安装随机生成，只显示这一次，请抄下）：')
  for (const [login, password] of made) say(`  ${login.padEnd(24)} ${password}`)
}

async function isDemonstration({ database }: Deps): Promise<boolean> {
  return (await findInstallation(database.app))?.isDemo ?? false
}

interface Preparing extends Pick<CliCall, 'say'> {
  isDemo: boolean
}

async function prepare(deps: Deps, { say, isDemo }: Preparing): Promise<Report> {
  const installation = await findInstallation(deps.database.app)
  if (installation === undefined && isDemo) return loadDemonstration(deps, say)
  if (installation === undefined) await markInstallation(deps.database.adminUrl, { isDemo: false })
  if (!installation?.isDemo) return async () => {}
  if (installation.loadedAt === null) {
    throw conflict(
      'platform.demo_incomplete',
      '上次装入演示数据没有完成。请删除数据目录（默认 var）后重新启动。',
    )
  }
  return (tell) => showFigures(deps, tell)
}

const COUNTY = '441882'

async function loadDemonstration(deps: Deps, say: CliCall['say']): Promise<Report> {
  say('空数据库：装入演示县连州市（441882）2020 年 1—11 月，人员和家庭均为虚构。')
  const plan = buildPlan({ plants: true })
  const paid = await loadScenario(deps, plan, { say })
  return async (tell) => {
    tell('各月核算与发放：')
    for (const line of paidText(paid)) tell(`  ${line}`)
    for (const line of plantDeltas(paid)) tell(line)
    tell('各月在册人数 × 标准：')
    for (const line of await rollText(deps, plan.county)) tell(`  ${line}`)
    await showFigures(deps, tell)
  }
}

/** What the planted cases change against the calibrated path, month by month; everything else is equal to the fen. */
function plantDeltas(paid: readonly { month: string; group: string; amountFen: number }[]): string[] {
  const { runTotals } = readLianzhou().golden
  const here = paid.filter((each) => each.group === 'basic_assistance')
  const lines = here.flatMap(({ month, amountFen }, index) => {
    const golden =
      ((runTotals.subsistenceYuan[index] ?? 0) + (runTotals.destituteYuan[index] ?? 0)) * 100 +
      (runTotals.careFen[index] ?? 0)
    return amountFen === golden
      ? []
      : [`  ${month}：${formatYuan(amountFen - golden)} 元（迟报死亡等演示个案）`]
  })
  return ['演示个案使各月应发与标定路径的差额（其余各月一分不差）：', ...lines]
}

const QUESTIONS: readonly FigureQuestion[] = [
  { county: COUNTY, kind: 'as_of', month: '2020-06' },
  { county: COUNTY, kind: 'as_of', month: '2020-11' },
  { county: COUNTY, kind: 'period', from: '2020-01', to: '2020-06' },
  { county: COUNTY, kind: 'period', from: '2020-01', to: '2020-09' },
  { county: COUNTY, kind: 'period', from: '2020-01', to: '2020-11' },
]

async function showFigures(deps: Deps, say: (text: string) => void): Promise<void> {
  const runs = await listRuns(deps.database.runner, COUNTY)
  say(`已结核算 ${runs.filter((run) => run.status === 'published').length} 次。主要数字：`)
  for (const question of QUESTIONS) {
    const answered = await answerFigures(deps.database.runner, figureSets, question)
    for (const line of figureText(answered).filter((_, index) => index % 2 === 0)) say(`  ${line}`)
    for (const line of comparePublished(question, answered)) say(line)
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

const migrateCommand: CliCommand = {
  name: 'migrate',
  summary: '执行尚未执行的数据库迁移；已执行的文件被改动时拒绝',
  usage: 'migrate',
  options: {},
  run: async ({ say, json }) => {
    const deps = await openDeps(readConfig(), ROLES)
    await deps.close()
    say('数据库结构已是最新。')
    json({ status: 'current' })
    return 0
  },
}

export const serveCommands: readonly CliCommand[] = [serve, workerCommand, migrateCommand]
