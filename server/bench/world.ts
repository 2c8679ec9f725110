import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { benefitsCommands } from '../app.ts'
import { computeRun, loadPolicy, publishPolicy, type ComputedRun } from '../engines/benefits/index.ts'
import { fundsHooks } from '../engines/funds/index.ts'
import { getActor, type Actor } from '../platform/access.ts'
import { advanceClock, simulatedClock } from '../platform/clock.ts'
import { execute, type Command, type Deps } from '../platform/command.ts'
import type { Config } from '../platform/config.ts'
import { openCluster, type Cluster } from '../platform/database.ts'
import type { Instant, Month } from '../platform/dates.ts'
import { openKeyRing } from '../platform/keys.ts'
import { roleSecrets } from '../platform/migrate.ts'
import {
  connectBench,
  createBenchDatabase,
  dropBenchDatabase,
  insertStaff,
  type BenchConnection,
} from './bench-database.db.ts'
import { benchPrograms, GROUP } from './programs.ts'

export const COUNTY = '441882'

const PERMISSIONS = [
  'benefits.policy.load',
  'benefits.policy.publish',
  'benefits.run.start',
  'benefits.run.check',
  'benefits.run.approve',
  'benefits.run.publish',
]
const LOGINS = ['bench_maker', 'bench_checker', 'bench_approver'] as const

/** The bench's database and the people who act in it; every step of a run is the product's own command. */
export interface World extends BenchConnection {
  cluster: Cluster
  deps: Deps
  staff: Record<'maker' | 'checker' | 'approver', Actor>
  startRun: (month: Month, options?: { isFull?: boolean }) => Promise<number>
  compute: (runNo: number, onProgress?: (done: number, total: number) => void) => Promise<ComputedRun>
  publish: (runNo: number) => Promise<void>
  publishLaw: (file: object) => Promise<void>
  at: (instant: Instant) => Promise<void>
}

export async function createWorld(
  config: Config,
  { name, startsAt }: { name: string; startsAt: Instant },
): Promise<World> {
  const cluster = await openCluster(config)
  const secrets = roleSecrets(config.varDir)
  await createBenchDatabase(cluster.adminUrl, { name, secrets, startsAt })
  const connection = connectBench(cluster.adminUrl, name, secrets)
  for (const login of LOGINS)
    await insertStaff(connection.owner, { login, permissions: PERMISSIONS, county: COUNTY })
  return worldOf(config, cluster, connection)
}

export async function openWorld(config: Config, name: string): Promise<World> {
  const cluster = await openCluster(config)
  return worldOf(config, cluster, connectBench(cluster.adminUrl, name, roleSecrets(config.varDir)))
}

/** Drops the database, closes the connections, and stops the server when this process started it. */
export async function leaveWorld(
  world: World,
  { name, isKept }: { name: string; isKept: boolean },
): Promise<void> {
  await world.close()
  if (!isKept) await dropBenchDatabase(world.cluster.adminUrl, name)
  const { server } = world.cluster
  if (server && !server.attached) await server.stop()
}

async function worldOf(config: Config, cluster: Cluster, connection: BenchConnection): Promise<World> {
  const keys = openKeyRing(path.join(config.varDir, 'bench-keys', 'keyring.json'), { create: true })
  const deps: Deps = { database: connection.database, clock: simulatedClock, keys, varDir: config.varDir }
  const commands = benefitsCommands(fundsHooks, benchPrograms)
  const [maker, checker, approver] = await Promise.all([
    getActor(deps.database.app, 'bench_maker'),
    getActor(deps.database.app, 'bench_checker'),
    getActor(deps.database.app, 'bench_approver'),
  ])
  const does = <Input, Result>(actor: Actor, definition: Command<Input, Result>, input: unknown) =>
    execute(deps, definition, { actor, county: COUNTY, idempotencyKey: randomUUID(), input })
  return {
    ...connection,
    cluster,
    deps,
    staff: { maker, checker, approver },
    startRun: async (month, { isFull = false } = {}) => {
      const { runNo } = await does(maker, commands.startRun, { group: GROUP, month, isFull })
      return runNo
    },
    compute: (runNo, onProgress) =>
      computeRun(deps, benchPrograms, { county: COUNTY, runNo, ...(onProgress ? { onProgress } : {}) }),
    publish: async (runNo) => {
      await does(checker, commands.checkRun, { runNo })
      await does(approver, commands.approveRun, { runNo })
      await does(maker, commands.publishRun, { runNo })
    },
    publishLaw: async (file) => {
      const { policyId } = await does(maker, loadPolicy, { text: JSON.stringify(file) })
      await does(checker, publishPolicy, { policyId })
    },
    at: (instant) => advanceClock(deps.database.app, instant),
  }
}
