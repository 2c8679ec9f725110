import type { Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { constraintOf, sqlStateOf } from '../../platform/db.ts'
import { conflict } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type { AwardRow } from './award.db.ts'
import * as store from './determination.db.ts'
import type { ProgramBook } from './programs.rules.ts'
import { changeTimeline, foldTimeline } from './timeline.rules.ts'

interface Rewriting {
  programs: ProgramBook
  awards: ReadonlyMap<string, AwardRow>
  at: Instant
}

/** Folds the decisions in effect of each award anew: what changed is closed, and entered with whom it covers. */
export async function rewriteTimelines(
  ctx: Ctx,
  { programs, awards, at, reappearAs }: Rewriting & { reappearAs: string | undefined },
): Promise<void> {
  const awardIds = [...awards.keys()]
  const acts = groupBy(await store.listEffective(ctx.tx, ctx.county, awardIds), (row) => row.awardId)
  const spans = groupBy(await store.listCurrentSpans(ctx.tx, ctx.county, awardIds), (row) => row.awardId)
  const closed: string[] = []
  const entered: store.NewSpanRow[] = []
  for (const award of awards.values()) {
    const change = rewriteOne(award, {
      acts: acts.get(award.id) ?? [],
      spans: spans.get(award.id) ?? [],
      reappearAs,
    })
    closed.push(...change.closed)
    entered.push(...change.entered)
  }
  const stamp = { county: ctx.county, at }
  await store.closeSpans(ctx.tx, stamp, closed)
  await store.insertSpans(ctx.tx, stamp, entered)
  await enterCoverage(ctx, { entered, programs, awards, at })
}

async function enterCoverage(
  ctx: Ctx,
  { entered, programs, awards, at }: Rewriting & { entered: readonly store.NewSpanRow[] },
): Promise<void> {
  const coverage = entered.flatMap((span) => {
    const award = awards.get(span.awardId)
    const program = award && programs.get(award.program)
    if (!program || span.outcome === 'end') return []
    const { awardId, from, to, town, village } = span
    const common = { spanId: span.id, awardId, exclusiveKey: program.exclusiveKey, from, to, town, village }
    return program.covered(span.content).map((personId) => ({ ...common, id: uuidv7(), personId }))
  })
  try {
    await store.insertCoverage(ctx.tx, { county: ctx.county, at }, coverage)
  } catch (error) {
    if (sqlStateOf(error) !== '23P01' || constraintOf(error) !== 'coverage_one_programme') throw error
    throw conflict(
      'benefits.person_covered_elsewhere',
      '认定的保障对象中有人在相同月份已享受低保或特困供养（或在另一户内），不能同时享受。请先终止原待遇或调整月份。',
    )
  }
}

function rewriteOne(
  award: AwardRow,
  {
    acts,
    spans,
    reappearAs,
  }: {
    acts: readonly store.DeterminationRow[]
    spans: readonly store.SpanRow[]
    reappearAs: string | undefined
  },
): { closed: string[]; entered: store.NewSpanRow[] } {
  const byId = new Map(acts.map((act) => [act.id, act]))
  const kinds = new Map(spans.map((span) => [span.determinationId, span.kind]))
  const wanted = foldTimeline(
    acts.map((act) => ({ determinationId: act.id, from: act.fromMonth, to: act.toMonth })),
  )
  const current = spans.map((span) => ({
    spanId: span.id,
    determinationId: span.determinationId,
    from: span.fromMonth,
    to: span.toMonth,
  }))
  const change = changeTimeline(current, wanted)
  const entered = change.insert.flatMap((span) => {
    const act = byId.get(span.determinationId)
    if (!act) return []
    // A remainder keeps the kind it had; what shows again by an undoing was decided by that undoing.
    const kind = span.isChange ? (reappearAs ?? act.kind) : (kinds.get(act.id) ?? act.kind)
    const { id: determinationId, outcome, content } = act
    return [
      {
        id: uuidv7(),
        awardId: award.id,
        determinationId,
        kind,
        outcome,
        isChange: span.isChange,
        from: span.from,
        to: span.to,
        content,
        town: award.town,
        village: award.village,
      },
    ]
  })
  return { closed: change.supersede, entered }
}
