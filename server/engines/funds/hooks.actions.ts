import type { Instant, Month } from '../../platform/dates.ts'
import type { Tx } from '../../platform/db.ts'
import { listPaidAwards } from './batch.db.ts'
import { insertOffsets } from './claim.db.ts'
import { replacementOffsets } from './claim.rules.ts'
import { syncClaims } from './claim-sync.actions.ts'
import { listHeldAwards } from './hold.db.ts'
import {
  findPublishedAt,
  isRunUsed,
  listCancelledMonths,
  listClaimMonths,
  listPaidButNotDue,
  listReplacementPairs,
  reverseOffsets,
  type StopQuestion,
} from './hooks.db.ts'
import { lockCash, payablesOf } from './payable.db.ts'
import { forgetInstructedRuns } from './pending.db.ts'

/** A step of a run, as benefits reports it inside its own transaction. */
export interface RunStep {
  county: string
  runNo: number
  actorId: string
  at: Instant
}

/** Awards with money paid, in flight or unknown for a month; the continuity guard's "paid last month". */
async function paidAwards(
  tx: Tx,
  county: string,
  question: { programs: readonly string[]; month: Month },
): Promise<Set<string>> {
  return new Set(await listPaidAwards(tx, county, question))
}

/** Awards paid for `previous` that the run leaves without money for `month`. */
function paidButNotDue(tx: Tx, question: StopQuestion): Promise<string[]> {
  return listPaidButNotDue(tx, question)
}

async function heldAwards(tx: Tx, county: string, month: Month): Promise<Set<string>> {
  return new Set(await listHeldAwards(tx, county, month))
}

/** Looks only at negative lines and open claims, however many lines the run has. */
async function afterPublish(tx: Tx, step: RunStep): Promise<void> {
  const { county, runNo, at } = step
  await lockCash(tx, county)
  const months = await listClaimMonths(tx, county, runNo)
  await syncClaims(tx, { county, months, at, cause: 'arrears' })
  await offsetReplacements(tx, step)
}

/** Open claims of a replaced award against what the replacing award is owed for the same months, by that determination. */
export async function offsetReplacements(tx: Tx, { county, runNo, actorId, at }: RunStep): Promise<void> {
  const pairs = await listReplacementPairs(tx, county)
  if (pairs.length === 0) return
  const targets = pairs.map(({ toAward, forMonth }) => ({ awardId: toAward, forMonth }))
  const offsets = replacementOffsets(pairs, await payablesOf(tx, county, targets))
  await insertOffsets(
    tx,
    { county, by: actorId, at },
    offsets.map(({ claimId, fromAward, toAward, forMonth, fen }) => {
      const months = { fromMonth: forMonth, toMonth: forMonth }
      return { claimId, fromAward, toAward, ...months, fen, basis: 'replacement', evidence: toAward, runNo }
    }),
  )
  const months = offsets.flatMap(({ fromAward, toAward, forMonth }) => [
    { awardId: fromAward, forMonth },
    { awardId: toAward, forMonth },
  ])
  await syncClaims(tx, { county, months, at, cause: 'offset' })
}

/** False once cash has moved that knew of the run: an instruction, a receipt, a write-off, an offset by hand. */
async function mayCancel(tx: Tx, county: string, runNo: number): Promise<boolean> {
  await lockCash(tx, county)
  return !(await isRunUsed(tx, county, runNo))
}

/** Called when the run counts no longer: its offsets are reversed, its claims follow, lines it had emptied wait again. */
async function afterCancel(tx: Tx, { county, runNo, actorId, at }: RunStep): Promise<void> {
  await lockCash(tx, county)
  const reversed = await reverseOffsets(tx, { county, runNo, by: actorId, at })
  const since = await findPublishedAt(tx, county, runNo)
  if (since !== null) await forgetInstructedRuns(tx, { county, since })
  const months = [...reversed, ...(await listCancelledMonths(tx, county, runNo))]
  await syncClaims(tx, { county, months, at, cause: 'run_cancelled' })
}

/** What the cash ledger tells and does at the steps of a run; the composition hands it to benefits. */
export const fundsHooks = {
  paidAwards,
  paidButNotDue,
  heldAwards,
  afterPublish,
  mayCancel,
  afterCancel,
}
