import type { Ctx } from '../../platform/command.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Fen } from '../../platform/money.ts'
import { requireWholeCounty } from './payable.rules.ts'
import { loadPlan } from './pending.actions.ts'
import { dayOf } from './pending.db.ts'
import { heapOf, type Heap } from './pending.rules.ts'
import { findRunHead, listRunInstructions } from './settlement.db.ts'

/** Where the money of a run stands. Each payable fen is in exactly one of ready, returned, held, missingAccount. */
export interface Settlement {
  runNo: number
  /** Still to be ordered: the sum of the next four. */
  payableFen: Fen
  /** Never sent, nothing in the way. */
  ready: Heap
  /** Came back, can be sent again. */
  returned: Heap
  held: Heap
  missingAccount: Heap
  inFlight: Heap
  paid: Heap
  unknown: Heap
  /** Paid twice; each has its claim. */
  latePaid: Heap
  /** Published, nothing to be ordered, everything ordered is answered. */
  isClosed: boolean
}

const NONE: Heap = { lines: 0, fen: 0 }

/** Throws `funds.run_not_published`. */
export async function settlementOf(ctx: Ctx, runNo: number): Promise<Settlement> {
  requireWholeCounty(ctx.actor, ctx.county)
  const run = await findRunHead(ctx.tx, ctx.county, runNo)
  if (!run) throw notFound('funds.run_unknown', `没有第 ${runNo} 次核算，或不在您的管辖范围内。`)
  if (run.status !== 'published') {
    throw conflict('funds.run_not_published', `第 ${runNo} 次核算没有发布，还没有发放情况。请先发布。`, {
      status: run.status,
    })
  }
  const day = await dayOf(ctx.tx, await ctx.clock.now(ctx.tx))
  const plan = await loadPlan(ctx.tx, ctx.county, { group: run.programGroup, day })
  const own = plan.filter(({ line, way }) => line.runNo === runNo && way !== 'settled')
  const payable = own.filter(({ way }) => way === 'pay')
  const states = await listRunInstructions(ctx.tx, ctx.county, runNo)
  const stateOf = (status: string): Heap => {
    const found = states.find((each) => each.status === status)
    return found ? { lines: found.lines, fen: found.fen } : NONE
  }
  const [inFlight, unknown] = [stateOf('in_flight'), stateOf('unknown')]
  return {
    runNo,
    payableFen: heapOf(own).fen,
    ready: heapOf(payable.filter(({ line }) => !line.wasReturned)),
    returned: heapOf(payable.filter(({ line }) => line.wasReturned)),
    held: heapOf(own.filter(({ way }) => way === 'held')),
    missingAccount: heapOf(own.filter(({ way }) => way === 'missing_account')),
    inFlight,
    paid: stateOf('paid'),
    unknown,
    latePaid: stateOf('late_paid'),
    isClosed: own.length === 0 && inFlight.lines === 0 && unknown.lines === 0,
  }
}
