import { civilDateOf } from '../../platform/clock.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { listAwardsById, listSettledMonths, type AwardRow } from './award.db.ts'
import {
  CheckDeterminations,
  ProposeDeterminations,
  RefuseDetermination,
  UndoDetermination,
  type ProposeDetermination,
} from './award.schema.ts'
import * as store from './determination.db.ts'
import { rewriteTimelines } from './determination-timeline.actions.ts'
import * as rules from './determination.rules.ts'
import { listLaw } from './policy.db.ts'
import type { Program, ProgramBook } from './programs.rules.ts'
import { rateBook, type RatesOf } from './rates.rules.ts'

/** What is kept of a proposal, once its form and content are found right. */
export function proposedOf(
  program: Program,
  { kind, outcome, from, to, cause, clause, content: given }: Omit<ProposeDetermination, 'id' | 'awardId'>,
  { rates, on }: { rates: RatesOf; on: string },
): Omit<store.NewDetermination, 'id' | 'awardId' | 'town' | 'village'> {
  const act = { kind, outcome, from, to, clause }
  rules.requireWellFormed(act)
  rules.requireOnce(program, act, [])
  const content = outcome === 'end' ? null : rules.parseContent(program, given)
  const question = { rates, from, decidedOn: on }
  const decidedLevel = content === null ? 'county' : program.decidingLevel(content, question)
  return { ...act, cause, content, decidedLevel }
}

/** Decisions on awards: proposed by one person, in effect when another has checked them. */
export function determinationCommands(programs: ProgramBook) {
  const programOf = (award: AwardRow): Program => {
    const program = programs.get(award.program)
    if (!program) throw new Error(`award ${award.id} names an unknown programme ${award.program}`)
    return program
  }

  const proposeDeterminations = command({
    event: 'benefits.determination.proposed',
    isBulk: true,
    permission: 'benefits.determination.propose',
    input: ProposeDeterminations,
    needsKey: true,
    run: async (ctx: Ctx, { determinations }) => {
      const awards = await requireAwards(
        ctx,
        determinations.map((each) => each.awardId),
      )
      const at = await ctx.clock.stamp(ctx.tx)
      const rates = await currentRates(ctx)
      const rows = determinations.map((each): store.NewDetermination => {
        const award = awards.get(each.awardId)
        if (!award) throw notFound('benefits.award_unknown', '待遇不存在或不在您的管辖范围内。')
        const { id = uuidv7(), awardId, ...act } = each
        const proposed = proposedOf(programOf(award), act, { rates, on: civilDateOf(at) })
        return { ...proposed, id, awardId, town: award.town, village: award.village }
      })
      await store.insertDeterminations(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, rows)
      return { ids: rows.map((row) => row.id) }
    },
    subject: (_, { ids }) => ({ determinations: ids.length, first: ids[0] }),
  })

  const checkDeterminations = command({
    event: 'benefits.determination.checked',
    isBulk: true,
    permission: 'benefits.determination.check',
    input: CheckDeterminations,
    needsKey: true,
    run: async (ctx: Ctx, { ids, versions }) => {
      const at = await ctx.recordedAt()
      const rows = await store.listDeterminationsForUpdate(ctx.tx, ctx.county, ids)
      if (rows.length !== ids.length)
        throw notFound('benefits.determination_unknown', '有认定不存在或不在您的管辖范围内，未复核。')
      if (versions) for (const row of rows) rules.requireRead(row, versions[row.id])
      const awards = await requireAwards(
        ctx,
        rows.map((row) => row.awardId),
      )
      await requireMayCheck(ctx, { rows, awards, decidedOn: civilDateOf(at) })
      await store.updateChecked(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, ids)
      await rewriteTimelines(ctx, { programs, awards, at, reappearAs: undefined })
      await store.closeReviews(ctx.tx, ctx.county, { awardIds: [...awards.keys()], at })
      return { effective: ids.length, recordedAt: at }
    },
    subject: ({ ids }) => ({ determinations: ids.length, first: ids[0] }),
  })

  const refuseDetermination = command({
    event: 'benefits.determination.refused',
    permission: 'benefits.determination.check',
    input: RefuseDetermination,
    needsKey: true,
    run: async (ctx: Ctx, { id, why }) => {
      const at = await ctx.clock.stamp(ctx.tx)
      await requireOne(ctx, id, 'proposed')
      await store.updateRefused(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, { ids: [id], why })
      return { id }
    },
    subject: ({ id }) => ({ determinationId: id }),
  })

  /** What lay beneath shows again; consequences for settled months are decided by the clause given here. */
  const undoDetermination = command({
    event: 'benefits.determination.undone',
    permission: 'benefits.determination.check',
    input: UndoDetermination,
    needsKey: true,
    run: async (ctx: Ctx, { id, why, clause }) => {
      const at = await ctx.recordedAt()
      const row = await requireOne(ctx, id, 'effective')
      const awards = await requireAwards(ctx, [row.awardId])
      await store.updateUndone(
        ctx.tx,
        { county: ctx.county, by: ctx.actor.id, at },
        { id, why: `${why}（${clause}）` },
      )
      await rewriteTimelines(ctx, { programs, awards, at, reappearAs: 'retroactive' })
      return { id, recordedAt: at }
    },
    subject: ({ id }) => ({ determinationId: id }),
  })

  async function requireMayCheck(
    ctx: Ctx,
    {
      rows,
      awards,
      decidedOn,
    }: { rows: readonly store.DeterminationRow[]; awards: ReadonlyMap<string, AwardRow>; decidedOn: string },
  ): Promise<void> {
    const rates = await currentRates(ctx)
    const settled = await listSettledMonths(ctx.tx, ctx.county)
    const known = groupBy(
      await store.listCurrentSpans(ctx.tx, ctx.county, [...awards.keys()]),
      (span) => span.awardId,
    )
    for (const row of rows) {
      const award = awards.get(row.awardId)
      if (!award) throw notFound('benefits.award_unknown', '待遇不存在或不在您的管辖范围内。')
      try {
        requireOneMayCheck(ctx, {
          row,
          award,
          rates,
          decidedOn,
          settled: settled.get(programOf(award).group),
          spans: known.get(award.id) ?? [],
        })
      } catch (error) {
        throw rules.namesAward(error, award.id)
      }
    }
  }

  function requireOneMayCheck(
    ctx: Ctx,
    one: {
      row: store.DeterminationRow
      award: AwardRow
      rates: RatesOf
      decidedOn: string
      settled: string | undefined
      spans: readonly store.SpanRow[]
    },
  ): void {
    const { row, award, rates, decidedOn } = one
    if (row.status !== 'proposed')
      throw conflict('benefits.determination_state', '该认定已处理过，请刷新后查看。')
    rules.requireOtherHand(row, ctx.actor.id)
    rules.requireLevel(row.decidedLevel, ctx.actor.level)
    const program = programOf(award)
    const act = {
      kind: row.kind,
      outcome: row.outcome,
      from: row.fromMonth,
      to: row.toMonth,
      clause: row.clause,
    }
    const spans = one.spans.map(({ kind, fromMonth, toMonth }) => ({ kind, from: fromMonth, to: toMonth }))
    const isImported = award.lastPaidMonth !== null
    const of = { program, content: row.content, rates, decidedOn, settled: one.settled, spans, isImported }
    rules.requireSound(act, of)
  }

  return { proposeDeterminations, checkDeterminations, refuseDetermination, undoDetermination }
}

async function requireAwards(ctx: Ctx, ids: readonly string[]): Promise<Map<string, AwardRow>> {
  const wanted = [...new Set(ids)]
  const awards = await listAwardsById(ctx.tx, ctx.county, wanted)
  if (awards.size !== wanted.length)
    throw notFound('benefits.award_unknown', '有待遇不存在或不在您的管辖范围内，未保存。')
  return awards
}

async function requireOne(
  ctx: Ctx,
  id: string,
  status: store.DeterminationRow['status'],
): Promise<store.DeterminationRow> {
  const [row] = await store.listDeterminationsForUpdate(ctx.tx, ctx.county, [id])
  if (!row) throw notFound('benefits.determination_unknown', '没有这份认定，或不在您的管辖范围内。')
  if (row.status !== status)
    throw conflict('benefits.determination_state', '该认定的状态已改变，请刷新后查看。')
  rules.requireOtherHand(row, ctx.actor.id)
  return row
}

export async function currentRates(ctx: Ctx): Promise<RatesOf> {
  const law = await listLaw(ctx.tx, ctx.county)
  return rateBook(ctx.county, law.rates, law.settings)
}
