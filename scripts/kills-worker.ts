/** The process that is killed: takes the bench's run from wherever it stands to its publication and tells how far it is. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { benefitsCommands } from '../server/app.ts'
import { benchPrograms } from '../server/bench/programs.ts'
import { COUNTY, openWorld, type World } from '../server/bench/world.ts'
import { computeRun, findRun, type RunHooks, type RunStatus } from '../server/engines/benefits/index.ts'
import { fundsHooks } from '../server/engines/funds/index.ts'
import type { Actor } from '../server/platform/access.ts'
import { execute } from '../server/platform/command.ts'
import { readConfig } from '../server/platform/config.ts'
import { isAlive, type Task, type Told } from './kills-victims.ts'

function tell(told: Told): void {
  process.send?.(told)
}

const NAP_MS = 20

/** Whether it goes on waiting for its end: not for ever, and not for a server that is gone. */
function waitsOn(world: World, until: number): boolean {
  return performance.now() < until && isAlive(world.cluster.server?.pid ?? 0)
}

/** Nothing else happens in this process meanwhile: after the last chunk the engine goes on without asking anybody. */
function stop(world: World, ms: number): void {
  const until = performance.now() + ms
  const cell = new Int32Array(new SharedArrayBuffer(4))
  while (waitsOn(world, until)) Atomics.wait(cell, 0, 0, NAP_MS)
}

async function compute(world: World, { runNo, chunkSize, holdMs }: Task): Promise<void> {
  tell({ told: 'computing' })
  await computeRun(world.deps, benchPrograms, {
    county: COUNTY,
    runNo,
    ...(chunkSize === undefined ? {} : { chunkSize }),
    onProgress: (done, total) => {
      tell({ told: 'progress', done, total })
      if (done === total) stop(world, holdMs)
    },
  })
  tell({ told: 'computed' })
}

async function publish(world: World, { runNo, holdMs }: Task): Promise<void> {
  const { checkRun, approveRun, publishRun } = benefitsCommands(heldHooks(world, holdMs), benchPrograms)
  const { maker, checker, approver } = world.staff
  const call = (actor: Actor) => ({
    actor,
    county: COUNTY,
    idempotencyKey: randomUUID(),
    input: { runNo },
  })
  if ((await statusOf(world, runNo)) === 'computed') await execute(world.deps, checkRun, call(checker))
  if ((await statusOf(world, runNo)) === 'checked') await execute(world.deps, approveRun, call(approver))
  tell({ told: 'publishing' })
  await execute(world.deps, publishRun, call(maker))
  tell({ told: 'published' })
}

function heldHooks(world: World, holdMs: number): RunHooks {
  return {
    ...fundsHooks,
    afterPublish: async (tx, step) => {
      await fundsHooks.afterPublish(tx, step)
      const until = performance.now() + holdMs
      while (waitsOn(world, until)) await wait(NAP_MS)
    },
  }
}

async function statusOf(world: World, runNo: number): Promise<RunStatus | undefined> {
  return (await findRun(world.deps.database.runner, COUNTY, runNo))?.status
}

async function main(task: Task): Promise<void> {
  const world = await openWorld(readConfig(), task.name)
  if ((await statusOf(world, task.runNo)) === 'computing') await compute(world, task)
  await publish(world, task)
  await world.close()
  process.disconnect()
}

await main(JSON.parse(process.argv[2] ?? '{}') as Task)
