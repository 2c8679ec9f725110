/** The demonstration county behind `serve`: begun before it listens, loaded while it serves, compared with what was published. */
import { figureSets } from '../app.ts'
import { loadInBackground, type BackgroundLoad } from '../demo/background.ts'
import { readLianzhou } from '../demo/data.ts'
import { openDemo } from '../demo/load.ts'
import type { PaidMonth } from '../demo/pay.ts'
import { comparePublished } from '../demo/published.ts'
import { rollText } from '../demo/roll-text.ts'
import { beginScenario, openingOf, type Chosen } from '../demo/scenario.ts'
import { openSignIns } from '../demo/sign-in.ts'
import { listRuns } from '../engines/benefits/index.ts'
import { answerFigures, type FigureQuestion } from '../engines/indicators/index.ts'
import { findInstallation } from '../platform/account.db.ts'
import type { Deps } from '../platform/command.ts'
import type { Config } from '../platform/config.ts'
import { markInstallation } from '../platform/install.ts'
import { formatYuan } from '../platform/money.ts'
import { progressLine } from './cli.ts'
import { paidText } from './demo.ts'
import { figureText } from './figures.ts'

type Say = (text: string) => void

const CHOSEN: Chosen = { scenario: 'lianzhou-2020', plants: true }
const COUNTY = '441882'

/** What the database is: real (an empty one becomes it, if no demonstration is wanted), a demonstration to load, or a whole one. */
export type Kind = 'real' | 'unfinished' | 'whole'

/** Makes an empty database a demonstration that people can sign in to; all else is loaded later. */
export async function openInstallation(deps: Deps, { demo }: Config, say: Say): Promise<Kind> {
  const installation = await findInstallation(deps.database.app)
  if (installation === undefined && !demo) await markInstallation(deps.database.adminUrl, { isDemo: false })
  if (installation ? !installation.isDemo : !demo) return 'real'
  if (installation?.loadedAt) return 'whole'
  say(
    installation
      ? '上次装入演示数据没有完成：从断处接着载入，已有的不会重复。'
      : '空数据库：装入演示县连州市（441882）2020 年 1—11 月，人员和家庭均为虚构。',
  )
  await openDemo(await beginScenario(deps, CHOSEN), openingOf(CHOSEN))
  return 'unfinished'
}

export async function showSignIns(deps: Deps, say: Say): Promise<void> {
  const made = await openSignIns(deps, COUNTY, `${COUNTY}100`)
  if (made.length === 0)
    return say('演示账号的密码已在首次启动时给出；忘记了用 npx minben account password 重置。')
  say('演示账号和密码（本次安装随机生成，只显示这一次，请抄下）：')
  for (const [login, password] of made) say(`  ${login.padEnd(24)} ${password}`)
}

/** Loads in the background, says how far it is, and in the end what came of it. */
export function startLoading(deps: Deps, config: Config, say: Say): BackgroundLoad {
  const { adminUrl } = deps.database
  const show = progressLine(say)
  let last = ''
  const load = loadInBackground(
    { adminUrl, varDir: config.varDir, keyFile: config.keyFile, chosen: CHOSEN },
    ({ step, share }) => {
      show(`载入 ${Math.floor(share * 100)}%：${step}`)
      if (!process.stderr.isTTY && step !== last) say(`… ${step}`)
      last = step
    },
  )
  say('正在后台载入各月的登记、核算和发放，约一两分钟；现在就可以登录查看，载完后可以办理。')
  return load
}

/** What is told when the load has ended; the office stays open, whatever happens to it. */
export async function reportLoaded(deps: Deps, load: BackgroundLoad, say: Say): Promise<void> {
  await tellLoaded(deps, load, say).catch((error: unknown) => say(`各月数字没有列出：${String(error)}`))
}

async function tellLoaded(deps: Deps, { ended, loading }: BackgroundLoad, say: Say): Promise<void> {
  const outcome = await ended
  if (!outcome) return
  progressLine(say)('')
  if ('problem' in outcome) {
    say(loading()?.text ?? '')
    return say(outcome.problem)
  }
  say('演示数据已全部载入。')
  await showPaid(deps, outcome.paid, say)
  await showFigures(deps, say)
}

async function showPaid(deps: Deps, paid: readonly PaidMonth[], say: Say): Promise<void> {
  say('各月核算与发放：')
  for (const line of paidText(paid)) say(`  ${line}`)
  for (const line of plantDeltas(paid)) say(line)
  say('各月在册人数 × 标准：')
  for (const line of await rollText(deps, COUNTY)) say(`  ${line}`)
}

/** What the planted cases change against the calibrated path, month by month; everything else is equal to the fen. */
function plantDeltas(paid: readonly PaidMonth[]): string[] {
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

/** The main figures, beside those that were published. */
export async function showFigures(deps: Deps, say: Say): Promise<void> {
  const runs = await listRuns(deps.database.runner, COUNTY)
  say(`已结核算 ${runs.filter((run) => run.status === 'published').length} 次。主要数字：`)
  for (const question of QUESTIONS) {
    const answered = await answerFigures(deps.database.runner, figureSets, question)
    for (const line of figureText(answered).filter((_, index) => index % 2 === 0)) say(`  ${line}`)
    for (const line of comparePublished(question, answered)) say(line)
  }
}
