import type { PaidMonth } from '../demo/pay.ts'
import { beginScenario, loadBegun, SCENARIOS, type Chosen, type ScenarioName } from '../demo/scenario.ts'
import { findInstallation } from '../platform/account.db.ts'
import type { Deps } from '../platform/command.ts'
import { conflict } from '../platform/errors.ts'
import { formatYuan } from '../platform/money.ts'
import { flag, numberOf, option, progressLine, UsageError, withDeps, type CliCommand } from './cli.ts'

const load: CliCommand = {
  name: 'demo load',
  summary: '装入演示县：登记、认定、逐月核算、发放、回单，全部经由正式命令',
  usage: 'demo load lianzhou-2020|small [--no-plants] [--months 11]',
  options: {
    'no-plants': flag('不放入供练习查找的问题'),
    months: option('几个月', '只装头几个月'),
  },
  words: 1,
  run: async ({ values, positionals, say, json }) => {
    const months = values.months === undefined ? undefined : numberOf(values, 'months')
    const scenario = scenarioOf(positionals[0])
    const chosen = { scenario, plants: values['no-plants'] !== true, ...(months ? { months } : {}) }
    const paid = await withDeps((deps) => loadScenario(deps, chosen, say), { mayBeNew: true })
    for (const line of paidText(paid)) say(line)
    json({ months: paid })
    return 0
  },
}

function scenarioOf(name = ''): ScenarioName {
  const names = Object.keys(SCENARIOS) as ScenarioName[]
  const found = names.find((each) => each === name)
  if (!found) throw new UsageError(`没有“${name}”这个演示，可用：${names.join('、')}`)
  return found
}

/** Loads a scenario into an empty database; refuses beside real data and beside an earlier load. */
async function loadScenario(deps: Deps, chosen: Chosen, say: (text: string) => void): Promise<PaidMonth[]> {
  const installation = await findInstallation(deps.database.app)
  if (installation)
    throw conflict(
      'platform.not_empty',
      '数据库里已有资料，演示只能装入空数据库。请换一个数据目录（MINBEN_VAR）。',
    )
  await beginScenario(deps, chosen)
  const show = progressLine(say)
  let last = ''
  const place = { ...deps, adminUrl: deps.database.adminUrl }
  const paid = await loadBegun(place, chosen, ({ step, done, total }) => {
    show(`${step} ${done}/${total}`)
    if (!process.stderr.isTTY && step !== last) say(`… ${step}`)
    last = step
  })
  show('')
  return paid
}

export function paidText(paid: readonly PaidMonth[]): string[] {
  return paid.map(({ month, group, lines, amountFen, paidFen, returnedLines, isClosed }) => {
    const title = group === 'temporary_assistance' ? '临时救助' : '低保特困'
    const returned = returnedLines === 0 ? '' : `，退回 ${returnedLines} 笔`
    return `${month} ${title}：应发 ${lines} 条 ${formatYuan(amountFen)} 元，已付 ${formatYuan(paidFen)} 元${returned}，${isClosed ? '已结' : '未结'}`
  })
}

export const demoCommands: readonly CliCommand[] = [load]
