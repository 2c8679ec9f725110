import { addMonths, type Month } from '../platform/dates.ts'
import { cutOf } from './calendar.ts'
import { lastPublished, nextBatchNo } from './office.db.ts'
import { payMonth } from './surroundings.db.ts'
import { COUNTY, type World } from './world.ts'

export interface Ran {
  month: Month
  lines: number
  ms: number
}

/** The month after the last one, from its start to its publication, by the product's commands. */
export async function runOnce(world: World): Promise<Ran> {
  const { month: last } = await lastPublished(world.owner)
  const month = addMonths(last, 1)
  await world.at(cutOf(month))
  const started = performance.now()
  const runNo = await world.startRun(month)
  const { lines } = await world.compute(runNo)
  await world.publish(runNo)
  return { month, lines, ms: Math.round(performance.now() - started) }
}

/** What the bank answers to it. */
export async function settleLast({ owner }: World): Promise<void> {
  const { month } = await lastPublished(owner)
  await payMonth(owner, { county: COUNTY, month, batchNo: await nextBatchNo(owner) })
}
