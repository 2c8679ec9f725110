import { loadDemo } from '../demo/load.ts'
import { buildPlan } from '../demo/plan.ts'
import { buildSmallPlan } from '../demo/small-plan.ts'
import type { PaidMonth } from '../demo/pay.ts'
import type { DemoPlan } from '../demo/plan-types.ts'
import { findInstallation } from '../platform/account.db.ts'
import { simulatedClock } from '../platform/clock.ts'
import type { Deps } from '../platform/command.ts'
import { connectRoles } from '../platform/database.ts'
import { conflict } from '../platform/errors.ts'
import { markInstallation, markLoaded } from '../platform/install.ts'
import { roleSecrets } from '../platform/migrate.ts'
import { formatYuan } from '../platform/money.ts'
import { numberOf, progressLine, UsageError, withDeps, type CliCommand } from './cli.ts'

const SCENARIOS: Readonly<Record<string, (plants: boolean) => DemoPlan>> = {
  'lianzhou-2020': (plants) => buildPlan({ plants }),
  small: (plants) => buildSmallPlan({ plants }),
}

const load: CliCommand = {
  name: 'demo load',
  summary: '装入演示县：登记、认定、逐月核算、发放、回单，全部经由正式命令',
  usage: 'demo load lianzhou-2020|small [--no-plants] [--months 11]',
  options: { 'no-plants': { type: 'boolean' }, months: { type: 'string' } },
  run: async ({ values, positionals, say, json }) => {
    const months = values.months === undefined ? undefined : numberOf(values, 'months')
    const plan = planOf(positionals[0], values['no-plants'] !== true)
    const paid = await withDeps((deps) =>
      loadScenario(deps, plan, { say, ...(months === undefined ? {} : { months }) }),
    )
    for (const line of paidText(paid)) say(line)
    json({ months: paid })
    return 0
  },
}

function planOf(name = '', plants: boolean): DemoPlan {
  const build = SCENARIOS[name]
  if (!build) throw new UsageError(`没有“${name}”这个演示，可用：${Object.keys(SCENARIOS).join('、')}`)
  return build(plants)
}

/** Loads a scenario into an empty database; refuses beside real data and beside an earlier load. */
export async function loadScenario(
  deps: Deps,
  plan: DemoPlan,
  { say, months }: { say: (text: string) => void; months?: number },
): Promise<PaidMonth[]> {
  const installation = await findInstallation(deps.database.app)
  if (installation)
    throw conflict(
      'platform.not_empty',
      '数据库里已有资料，演示只能装入空数据库。请换一个数据目录（MINBEN_VAR）。',
    )
  await markInstallation(deps.database.adminUrl, {
    isDemo: true,
    startsAt: `${plan.openedOn}T08:00:00+08:00`,
  })
  const show = progressLine(say)
  let last = ''
  // A load that breaks off is begun anew with an empty database; the mark at its end waits for the disk, and with it all before.
  const { adminUrl } = deps.database
  const database = connectRoles(adminUrl, roleSecrets(deps.varDir), { isDurable: false })
  try {
    const paid = await loadDemo({ ...deps, database, clock: simulatedClock }, plan, {
      ...(months === undefined ? {} : { months }),
      onProgress: ({ step, done, total }) => {
        show(`${step} ${done}/${total}`)
        if (!process.stderr.isTTY && step !== last) say(`… ${step}`)
        last = step
      },
    })
    show('')
    await markLoaded(adminUrl)
    return paid
  } finally {
    await database.close()
  }
}

export function paidText(paid: readonly PaidMonth[]): string[] {
  return paid.map(({ month, group, lines, amountFen, paidFen, returnedLines, isClosed }) => {
    const title = group === 'temporary_assistance' ? '临时救助' : '低保特困'
    const returned = returnedLines === 0 ? '' : `，退回 ${returnedLines} 笔`
    return `${month} ${title}：应发 ${lines} 条 ${formatYuan(amountFen)} 元，已付 ${formatYuan(paidFen)} 元${returned}，${isClosed ? '已结' : '未结'}`
  })
}

export const demoCommands: readonly CliCommand[] = [load]
