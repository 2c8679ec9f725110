import { civilDateOf } from '../../platform/clock.ts'
import type { Ctx } from '../../platform/command.ts'
import type { Month } from '../../platform/dates.ts'
import { isAppError, type AppError } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import type { Fen } from '../../platform/money.ts'
import { listSettledMonths } from './award.db.ts'
import type { ProposeDetermination } from './award.schema.ts'
import { listHeldAwards, type HeldAward } from './award-use.db.ts'
import { listStanding, type StandingDecision } from './determination-queue.db.ts'
import { currentRates, proposedOf } from './determination.actions.ts'
import { listCurrentSpans, type SpanRow } from './determination.db.ts'
import { requireSound } from './determination.rules.ts'
import { weigh } from './determination-view.actions.ts'
import type { Program, ProgramBook } from './programs.rules.ts'

/** An award with what waits and what is in effect about it, and what that comes to month by month. */
export interface StandingAward extends HeldAward {
  decisions: readonly StandingDecision[]
  spans: readonly SpanRow[]
}

export async function standingAwards(
  { tx, county }: Ctx,
  holderIds: readonly string[],
): Promise<StandingAward[]> {
  const awards = await listHeldAwards(tx, county, holderIds)
  const ids = awards.map(({ id }) => id)
  const decisions = groupBy(await listStanding(tx, county, ids), ({ awardId }) => awardId)
  const spans = groupBy(await listCurrentSpans(tx, county, ids), ({ awardId }) => awardId)
  return awards.map((award) => ({
    ...award,
    decisions: decisions.get(award.id) ?? [],
    spans: spans.get(award.id) ?? [],
  }))
}

/** A proposal that nobody has made yet; its award may not be opened yet either. */
export interface Draft extends Omit<ProposeDetermination, 'id'> {
  program: string
  holderKind: 'household' | 'person'
  holderId: string
  isImported: boolean
  spans: readonly SpanRow[]
}

export interface Judged {
  /** Why nobody could check it as things stand. */
  refusal?: AppError
  /** A month under it; null = a standard is missing. */
  fen: Fen | null
}

/** What becomes of drafts when somebody checks them today, in their order: the questions are those of the check. */
export async function judgeDrafts(
  ctx: Ctx,
  programs: ProgramBook,
  drafts: readonly Draft[],
): Promise<Judged[]> {
  const rates = await currentRates(ctx)
  const settled = await listSettledMonths(ctx.tx, ctx.county)
  const decidedOn = civilDateOf(await ctx.clock.now(ctx.tx))
  const judged = drafts.map((draft) => {
    const program = requireProgram(programs, draft.program)
    const one = { program, rates, decidedOn, settled: settled.get(program.group) }
    return { draft, refusal: refusalOf(draft, one) }
  })
  const sound = judged.filter(({ refusal }) => !refusal).map(({ draft }) => draft)
  const rows = sound.map((draft) => ({ ...draft, draft, fromMonth: draft.from }))
  const { weighed } = await weigh(ctx, programs, rows)
  const fen = new Map(weighed.map(({ row, would }) => [row.draft, would === null ? 0 : (would?.fen ?? null)]))
  return judged.map(({ draft, refusal }) =>
    refusal ? { refusal, fen: null } : { fen: fen.get(draft) ?? null },
  )
}

function requireProgram(programs: ProgramBook, key: string): Program {
  const program = programs.get(key)
  if (!program) throw new Error(`unknown programme ${key}`)
  return program
}

function refusalOf(
  { spans, isImported, ...draft }: Draft,
  {
    program,
    rates,
    decidedOn,
    settled,
  }: {
    program: Program
    rates: Awaited<ReturnType<typeof currentRates>>
    decidedOn: string
    settled: Month | undefined
  },
): AppError | undefined {
  try {
    const { content } = proposedOf(program, draft, { rates, on: decidedOn })
    const known = spans.map(({ kind, fromMonth, toMonth }) => ({ kind, from: fromMonth, to: toMonth }))
    requireSound(draft, { program, content, rates, decidedOn, settled, spans: known, isImported })
    return undefined
  } catch (error) {
    if (isAppError(error) && error.status < 500) return error
    throw error
  }
}
