import type { Month } from '../platform/dates.ts'
import { cutOf } from './calendar.ts'
import { emptyFloor, runFloor } from './floor.db.ts'
import { measure, type Measured } from './machine.ts'
import { checkpoint } from './population.db.ts'
import type { World } from './world.ts'

/** Times of one run from its start to its publication, and of the floor measured just before. */
export interface Pass {
  month: Month
  runNo: number
  lines: number
  floorMs: number
  floorCpuMs: number
  runMs: number
  runCpuMs: number
  computeMs: number
  publishMs: number
  nodeCpuMs: number
  /** Per line written, against the floor per row. */
  ratioWall: number
  ratioCpu: number
  rssMib: number | undefined
  load1: number
}

export interface PassOf {
  month: Month
  /** Rows of the floor's source. */
  rows: number
  /** 0 = a server on another machine, whose CPU is not seen. */
  postmaster: number
}

/** F, then a run by the product's own commands: started, computed, checked, approved, published. */
export async function onePass(world: World, { month, rows, postmaster }: PassOf): Promise<Pass> {
  await world.at(cutOf(month))
  await emptyFloor(world.owner)
  await checkpoint(world.owner)
  const floor = await measure(postmaster, () => runFloor(world.owner))
  await checkpoint(world.owner)
  const started = await measure(postmaster, () => world.startRun(month))
  const runNo = started.result
  const computed = await measure(postmaster, () => world.compute(runNo))
  const published = await measure(postmaster, () => world.publish(runNo))
  const steps = [started, computed, published]
  const { lines } = computed.result
  const runMs = total(steps, (step) => step.wallMs)
  const runCpuMs = total(steps, cpuOf)
  return {
    month,
    runNo,
    lines,
    floorMs: floor.wallMs,
    floorCpuMs: cpuOf(floor),
    runMs,
    runCpuMs,
    computeMs: computed.wallMs,
    publishMs: published.wallMs,
    nodeCpuMs: total(steps, (step) => step.nodeCpuMs),
    ratioWall: runMs / lines / (floor.wallMs / rows),
    ratioCpu: runCpuMs / lines / (cpuOf(floor) / rows),
    rssMib: computed.peakRssMib,
    load1: published.load1,
  }
}

function cpuOf({ nodeCpuMs, serverCpuMs }: Measured<unknown>): number {
  return nodeCpuMs + serverCpuMs
}

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0)
}

export function passText(name: string, pass: Pass): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(2)
  const run = `核算 ${seconds(pass.runMs)} 秒（计算 ${seconds(pass.computeMs)}，发布 ${seconds(pass.publishMs)}）`
  const cpu = `CPU ${seconds(pass.runCpuMs)} 秒（本进程 ${seconds(pass.nodeCpuMs)}）`
  const floor = `下限 ${seconds(pass.floorMs)} 秒（CPU ${seconds(pass.floorCpuMs)}）`
  const ratios = `每笔倍数 ${pass.ratioWall.toFixed(2)}（CPU ${pass.ratioCpu.toFixed(2)}）`
  return `${name} ${pass.month}：${pass.lines} 笔；${floor}；${run}，${cpu}；${ratios}；内存峰值 ${pass.rssMib ?? '?'} MiB；负载 ${pass.load1.toFixed(1)}`
}
