/** The demonstrations there are, and how one gets into a database: begun once, loaded in one go or in several, marked when whole. */
import { z } from 'zod'
import { simulatedClock } from '../platform/clock.ts'
import { command, execute, type Ctx, type Deps } from '../platform/command.ts'
import { connectRoles } from '../platform/database.ts'
import { conflict, isAppError } from '../platform/errors.ts'
import { markInstallation, markLoaded } from '../platform/install.ts'
import { roleSecrets } from '../platform/migrate.ts'
import { OPENED_ON } from './calendar.ts'
import { readLianzhou, type DemoData } from './data.ts'
import { loadDemo, type LoadOptions } from './load.ts'
import { installer } from '../platform/first-accounts.ts'
import type { PaidMonth } from './pay.ts'
import { buildPlan } from './plan.ts'
import type { DemoPlan } from './plan-types.ts'
import { buildSmallPlan, smallData } from './small-plan.ts'

interface Scenario {
  title: string
  data: () => DemoData
  plan: (options: { plants: boolean }) => DemoPlan
}

export const SCENARIOS = {
  'lianzhou-2020': { title: '连州市 2020 年', data: readLianzhou, plan: buildPlan },
  small: { title: '小演示县', data: smallData, plan: buildSmallPlan },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS

export const Chosen = z.object({
  scenario: z.enum(['lianzhou-2020', 'small']),
  plants: z.boolean(),
  /** Months to run; all of them when absent. */
  months: z.int().positive().optional(),
})
export type Chosen = z.infer<typeof Chosen>

/** What is known of a scenario before its plan is made, which takes seconds. */
export function openingOf({ scenario }: Chosen): Pick<DemoPlan, 'county' | 'areas' | 'openedOn'> {
  const { county, areas } = SCENARIOS[scenario].data()
  return { county, areas, openedOn: OPENED_ON }
}

const beginDemonstration = command({
  event: 'platform.demonstration.begun',
  permission: 'platform.demonstration.load',
  input: Chosen,
  run: (_: Ctx, chosen) => Promise.resolve(chosen),
  subject: (chosen) => chosen,
})

/** One key for all: a database takes one demonstration, and remembers which. */
const KEY = 'demonstration'

/**
 * Marks the database as a demonstration and says which one, or finds that it is this one already. Throws
 * `platform.demo_incomplete` where another one was begun.
 */
export async function beginScenario(deps: Deps, chosen: Chosen): Promise<Deps> {
  const { county, openedOn } = openingOf(chosen)
  await markInstallation(deps.database.adminUrl, { isDemo: true, startsAt: `${openedOn}T08:00:00+08:00` })
  const demo = { ...deps, clock: simulatedClock }
  const call = { actor: installer(county), county, input: chosen, idempotencyKey: KEY }
  await execute(demo, beginDemonstration, call).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== 'platform.idempotency_mismatch') throw error
    throw conflict(
      'platform.demo_incomplete',
      '上次用 demo load 装入的另一套演示数据没有完成。请删除数据目录（默认 var）后重新启动。',
    )
  })
  return demo
}

/** Loads what is still missing of a scenario that was begun, and marks it whole. */
export async function loadBegun(
  { adminUrl, varDir, keys }: Pick<Deps, 'varDir' | 'keys'> & { adminUrl: string },
  { scenario, plants, months }: Chosen,
  onProgress: NonNullable<LoadOptions['onProgress']>,
): Promise<PaidMonth[]> {
  // After a power cut the last moments are missing, never something before them: the load goes on from there. The mark at its end
  // waits for the disk, and with it all before.
  const database = connectRoles(adminUrl, roleSecrets(varDir), { isDurable: false })
  try {
    const paid = await loadDemo(
      { database, clock: simulatedClock, keys, varDir },
      SCENARIOS[scenario].plan({ plants }),
      { onProgress, ...(months === undefined ? {} : { months }) },
    )
    await markLoaded(adminUrl)
    return paid
  } finally {
    await database.close()
  }
}
