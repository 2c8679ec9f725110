import { payable, touchedMonths } from '../../oracle/index.ts'
import { commands } from '../../server/app.ts'
import { booksOf, type Observed } from './books.ts'
import type { Dice } from './dice.ts'
import { act, chosen, count, look, tick, type World } from './world.ts'

/** What is done about money paid beyond what was due. */

type ObservedClaim = Observed['claims'][number]

export async function openClaims(world: World): Promise<ObservedClaim[]> {
  return (await look(world)).claims.filter((claim) => claim.status === 'open')
}

async function decidedClaim(world: World, dice: Dice): Promise<ObservedClaim | undefined> {
  const claim = chosen(await openClaims(world), dice)
  if (claim && !claim.decided) {
    await act(world, commands.decideClaim, {
      who: 'approver',
      input: { claimId: claim.id, decision: '书面通知退回' },
    })
  }
  return claim
}

/** All of it, a part, or one fen too much. */
function partOf({ fen }: ObservedClaim, dice: Dice): number {
  return [fen, Math.ceil(fen / 2), 1, fen + 1][dice.below(4)] ?? fen
}

export async function receive(world: World, dice: Dice): Promise<void> {
  const claim = await decidedClaim(world, dice)
  if (!claim) return
  const input = {
    claimId: claim.id,
    fen: partOf(claim, dice),
    receivedOn: `${world.now}-10`,
    paper: '收据1号',
  }
  if (await act(world, commands.addReceipt, { input })) count(world, 'receipts')
}

export async function writeOff(world: World, dice: Dice): Promise<void> {
  const claim = await decidedClaim(world, dice)
  if (!claim) return
  await act(world, commands.proposeWriteOff, {
    input: { claimId: claim.id, fen: partOf(claim, dice), clause: '第40条' },
  })
  if (!dice.oneIn(4)) await answerWriteOff(world, dice)
}

/** One that waits, perhaps from before the claim changed. */
export async function answerWriteOff(world: World, dice: Dice): Promise<void> {
  const proposed = chosen((await look(world)).proposedWriteOffs, dice)
  if (!proposed) return
  const agrees = !dice.oneIn(4)
  const done = await act(world, commands.answerWriteOff, {
    who: 'approver',
    input: { writeOffId: proposed.id, agrees },
  })
  if (done && agrees) count(world, 'writeOffs')
}

/** Kept back from another month or award, by consent. */
export async function offset(world: World, dice: Dice): Promise<void> {
  const claim = await decidedClaim(world, dice)
  if (!claim) return
  const books = booksOf(await look(world), world.cuts)
  const owed = touchedMonths(books).flatMap(({ awardId, month }) => {
    const fen = payable(books, awardId, month)
    return fen > 0 && (awardId !== claim.awardId || month !== claim.month) ? [{ awardId, month, fen }] : []
  })
  const target = chosen(owed, dice)
  if (!target) return
  const fen = Math.min(claim.fen, target.fen) + (dice.oneIn(5) ? 1 : 0)
  const input = {
    claimId: claim.id,
    toAward: target.awardId,
    toMonth: target.month,
    fen,
    basis: 'consent',
    evidence: '本人书面同意',
  }
  if (await act(world, commands.offsetClaim, { input })) {
    tick(world)
    count(world, 'offsets')
  }
}
