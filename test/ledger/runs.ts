import type { Month, OracleGroup } from '../../oracle/index.ts'
import { commands, programs } from '../../server/app.ts'
import {
  computeRun,
  explainOpening,
  listOpenBlockers,
  replayRun,
  type FindingRow,
} from '../../server/engines/benefits/index.ts'
import { addMonths } from '../../server/platform/dates.ts'
import { contentFor } from './contents.ts'
import { decide } from './cases.ts'
import type { Dice } from './dice.ts'
import { stopReason } from './invariants.ts'
import { act, count, FIRST_MONTH, look, must, passTo, tell, tick, Violation, type World } from './world.ts'

/** Runs from the start to publication, rejection or cancelling, with the decisions that stand in between. */

export interface RunPlan {
  group?: OracleGroup
  /** Default: the next month. */
  again?: boolean
  isFull?: boolean
  chunkSize?: number
}

const BASIC: OracleGroup = 'basic_assistance'
const OPEN = new Set(['computing', 'computed', 'checked', 'approved'])

/** Starts and computes; undefined = refused. */
export async function startRun(
  world: World,
  { group = BASIC, again = false, isFull = false, chunkSize = 10_000 }: RunPlan = {},
): Promise<number | undefined> {
  const month = await monthToRun(world, group, again)
  const started = await act(world, commands.startRun, { input: { group, month, isFull } })
  if (!started) return undefined
  const { runNo } = started
  world.cuts.set(runNo, tick(world))
  const { lines } = await computeRun(world.lane.db.deps, programs, { county: world.county, runNo, chunkSize })
  world.isFresh = false
  tell(world, `run ${runNo} of ${group} ${month}: ${lines} lines`)
  return runNo
}

/** The next month of the group, once it has come, or the last published one again. */
async function monthToRun(world: World, group: OracleGroup, again: boolean): Promise<Month> {
  const { runs } = await look(world)
  const last = runs.findLast((run) => run.group === group && run.status === 'published')?.month
  if (last !== undefined && again) return last
  const month = last === undefined ? (group === BASIC ? FIRST_MONTH : world.now) : addMonths(last, 1)
  await passTo(world, month, 5)
  return month
}

/** Everything in order: published. Undecided recoveries are decided, the run rejected, and another one made. */
export async function runMonth(world: World, plan: RunPlan = {}): Promise<number | undefined> {
  await finishOpen(world, plan.group ?? BASIC)
  const first = await startRun(world, plan)
  const runNo = first === undefined ? undefined : await settleBlockers(world, first, plan)
  if (runNo !== undefined) await publish(world, runNo)
  return runNo
}

/** An open run of the group is published, or rejected when something stands in its way. */
export async function finishOpen(world: World, group: OracleGroup): Promise<void> {
  const { runs } = await look(world)
  const open = runs.find((run) => run.group === group && OPEN.has(run.status))
  if (!open) return
  const blockers = await blockersOf(world, open.no)
  if (blockers.length > 0) await reject(world, open.no)
  else await publish(world, open.no)
}

function blockersOf(world: World, runNo: number): Promise<FindingRow[]> {
  return listOpenBlockers(world.lane.db.deps.database.runner, world.county, runNo)
}

/** Does what each blocking finding asks for; the number of the run that may now be approved. */
async function settleBlockers(world: World, runNo: number, plan: RunPlan): Promise<number> {
  for (let current = runNo, tries = 0; ; tries++) {
    const blockers = await blockersOf(world, current)
    if (blockers.length === 0) return current
    if (tries > 4) throw new Violation(`run ${current} stays blocked: ${JSON.stringify(blockers)}`)
    const needsAnother: boolean[] = []
    for (const blocker of blockers) needsAnother.push(await settle(world, current, blocker))
    if (!needsAnother.some(Boolean)) continue
    await reject(world, current)
    const next = await startRun(world, { ...plan, again: plan.again ?? false })
    if (next === undefined) throw new Violation(`no run could follow run ${current}`)
    current = next
  }
}

/** True when the run has to be made again. */
async function settle(world: World, runNo: number, finding: FindingRow): Promise<boolean> {
  switch (finding.kind) {
    case 'too_many_corrections':
      await must(world, commands.answerFinding, {
        who: 'approver',
        input: { runNo, kind: finding.kind, answer: '已逐户核对' },
      })
      return false
    case 'opening_difference':
      await must(world, explainOpening, { input: { awardId: finding.awardId, reason: '旧系统按旧标准发放' } })
      return false
    case 'undecided_recovery':
      await decideCauses(world, finding)
      return true
    case 'continuity':
      await answerStop(world, runNo, finding)
      return true
    default:
      throw new Violation(`run ${runNo} is blocked: ${JSON.stringify(finding)}`)
  }
}

/** Whatever lowers settled months and is no decision yet is decided by two people. */
async function decideCauses(world: World, finding: FindingRow): Promise<void> {
  const causes = (finding.detail['causes'] ?? []) as [string, string][]
  const undecided = causes.filter(([kind]) => kind !== 'determination' && kind !== 'undone')
  if (undecided.length === 0) {
    throw new Violation(`nobody can decide this recovery, no cause is told: ${JSON.stringify(finding)}`)
  }
  for (const [kind, subject] of undecided) {
    const input = { kind, subject, clause: '第9条' }
    const { correctionId } = await must(world, commands.proposeCorrection, { input })
    await must(world, commands.decideCorrection, { who: 'approver', input: { correctionId } })
    world.decidedCorrections.push({ subject, at: tick(world) })
  }
}

/** The guard stopped the run. It must be right: nobody has decided about this award; then somebody does. */
async function answerStop(world: World, runNo: number, { awardId, forMonth }: FindingRow): Promise<void> {
  const one = world.cases.find(({ award }) => award.id === awardId)
  if (!one || forMonth === null) throw new Violation(`run ${runNo}: a stop of nobody`)
  await look(world)
  const reason = stopReason(world, one.award.id, { month: forMonth, cut: world.cuts.get(runNo) ?? -1 })
  // Before the first run nothing was in force that undoing could have stopped: whoever the old system paid needs a decision.
  const isFirst = world.observed.runs.find(({ no }) => no === runNo)?.base === null
  if (reason !== undefined && !(isFirst && reason === 'undone'))
    throw new Violation(`run ${runNo} is stopped for ${one.award.id}, which has a reason: ${reason}`)
  count(world, 'continuityStops')
  const content = contentFor(world, one)
  const from = one.award.opensMonth
  // A grant is refused where the people are covered elsewhere by now; then the award is ended.
  const made =
    (await decide(world, one, { kind: 'retroactive', from, content })) ??
    (await decide(world, one, { kind: 'retroactive', outcome: 'end', from }))
  if (!made) throw new Violation(`run ${runNo}: the stop of ${one.award.id} cannot be answered`)
}

export async function publish(world: World, runNo: number): Promise<void> {
  const { runs } = await look(world)
  const run = runs.find(({ no }) => no === runNo)
  const input = { runNo }
  if (run?.status === 'computed') await must(world, commands.checkRun, { who: 'checker', input })
  if (run?.status !== 'approved') await must(world, commands.approveRun, { who: 'approver', input })
  const before = world.observed.claims.filter((claim) => claim.status === 'open').length
  await must(world, commands.publishRun, { input })
  tick(world)
  count(world, 'runsPublished')
  if (run?.isFull) count(world, 'fullRuns')
  const { claims, offsets } = await look(world)
  count(world, 'claims', Math.max(0, claims.filter((claim) => claim.status === 'open').length - before))
  count(world, 'replacementOffsets', offsets.filter((offset) => offset.runNo === runNo).length)
}

export async function reject(world: World, runNo: number): Promise<void> {
  await must(world, commands.rejectRun, { who: 'checker', input: { runNo } })
  tick(world)
  count(world, 'runsRejected')
}

export async function cancelLast(world: World, group: OracleGroup = BASIC): Promise<boolean> {
  const { runs } = await look(world)
  const last = runs.findLast((run) => run.group === group && run.status === 'published')
  if (!last) return false
  const done = await act(world, commands.cancelRun, { who: 'approver', input: { runNo: last.no } })
  if (!done) return false
  tick(world)
  count(world, 'runsCancelled')
  return true
}

/** A run as it comes in an office: mostly published, now and then rejected or left where it stands. */
export async function someRun(world: World, dice: Dice): Promise<void> {
  const group = dice.oneIn(8) ? 'temporary_assistance' : BASIC
  const plan = {
    group,
    again: dice.oneIn(3),
    isFull: dice.oneIn(4),
    chunkSize: [10_000, 1, 2][dice.below(3)] ?? 1,
  } as const
  const fate = dice.below(8)
  if (fate < 6) {
    await runMonth(world, plan)
    return
  }
  await finishOpen(world, group)
  const runNo = await startRun(world, plan)
  if (runNo === undefined) return
  if (fate === 6) await reject(world, runNo)
  else if ((await blockersOf(world, runNo)).length === 0) {
    if (dice.oneIn(2)) await must(world, commands.checkRun, { who: 'checker', input: { runNo } })
  }
}

/** At the end of a history: every run gives the same bytes again, whatever became of it. */
export async function replayAll(world: World): Promise<void> {
  const { runs } = await look(world)
  for (const { no, status } of runs) {
    const replay = await replayRun(world.lane.db.deps, programs, { county: world.county, runNo: no })
    if (status === 'published') count(world, 'replayed')
    if (!replay.isIdentical)
      throw new Violation(`run ${no} does not replay: ${JSON.stringify(replay.firstDifference)}`)
  }
}
