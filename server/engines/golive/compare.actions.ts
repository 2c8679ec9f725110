import { createHash } from 'node:crypto'
import { requireWholeCounty } from '../../platform/access.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { duesAround, type ProgramBook } from '../benefits/index.ts'
import * as store from './compare.db.ts'
import { explain, type Found } from './compare.rules.ts'
import { requireUnsigned } from './project.actions.ts'
import { updateCompared, updateDigest, type ProjectRow } from './project.db.ts'
import { PREPARE } from './project.rules.ts'
import { ExplainLines, OneProject } from './project.schema.ts'

/** The parallel month: the old list against the runs, line by line. */
export function compareCommands(programs: ProgramBook) {
  const compareLines = command({
    event: 'golive.lines.compared',
    isBulk: true,
    permission: PREPARE,
    input: OneProject,
    needsKey: true,
    run: async (ctx: Ctx, { projectId }) => {
      requireWholeCounty(ctx.actor, ctx.county)
      const project = await requireUnsigned(ctx, projectId)
      const runs = await comparableRuns(ctx, project)
      const said = await store.listSaid(ctx.tx, ctx.county, projectId)
      await store.deleteCompared(ctx.tx, ctx.county, projectId)
      const lines = await store.insertCompared(ctx.tx, ctx.county, { ...project, projectId, runs })
      await explainDiffering(ctx, programs, { project, said })
      const digest = await digestOf(ctx, projectId)
      const step = { county: ctx.county, id: projectId, by: ctx.actor.id, at: await ctx.recordedAt() }
      await updateCompared(ctx.tx, step, { runs, digest })
      const unexplained = await store.countUnexplained(ctx.tx, ctx.county, projectId)
      return { projectId, lines, unexplainedLines: unexplained.lines }
    },
    subject: ({ projectId }, { lines, unexplainedLines }) => ({ projectId, lines, unexplainedLines }),
  })

  const explainLines = command({
    event: 'golive.lines.explained',
    permission: PREPARE,
    input: ExplainLines,
    needsKey: true,
    run: async (ctx: Ctx, { projectId, ids, state, reason, note }) => {
      requireWholeCounty(ctx.actor, ctx.county)
      await requireUnsigned(ctx, projectId)
      const said = { reason, note, by: ctx.actor.id, at: await ctx.recordedAt() }
      const lines = ids
        ? await store.updateSaid(ctx.tx, ctx.county, { projectId, ids, said })
        : await store.updateRest(ctx.tx, ctx.county, { projectId, state, said })
      await updateDigest(ctx.tx, ctx.county, { id: projectId, digest: await digestOf(ctx, projectId) })
      return { projectId, lines }
    },
    subject: ({ projectId, reason }, { lines }) => ({ projectId, reason, lines }),
  })

  return { compareLines, explainLines }
}

async function comparableRuns(ctx: Ctx, { groups, openingMonth }: ProjectRow): Promise<number[]> {
  const runs = await store.listComparableRuns(ctx.tx, ctx.county, { groups, month: openingMonth })
  if (groups.every((group) => runs.some((run) => run.group === group))) return runs.map(({ no }) => no)
  throw conflict(
    'golive.run_missing',
    `还没有算好的 ${openingMonth} 月核算，没有什么可对照。请先在“月度核算”里开始 ${openingMonth} 的核算，算好后再来对照。`,
    { month: openingMonth },
  )
}

/** First what people said of the very same difference, then the rules. */
async function explainDiffering(
  ctx: Ctx,
  programs: ProgramBook,
  { project, said }: { project: ProjectRow; said: readonly store.SaidBefore[] },
): Promise<void> {
  const { tx, county } = ctx
  const { id: projectId, openingMonth: month, listMonth } = project
  const rows = await store.listDiffering(tx, county, { projectId, month })
  const before = new Map(said.map((each) => [sameness(each), each]))
  const awards = rows.flatMap(({ awardId, program }) => (awardId ? [{ id: awardId, program }] : []))
  const earlier = listMonth < month ? listMonth : addMonths(month, -1)
  const around = await duesAround(ctx, programs, { awards, month, earlier })
  const found: { id: string; found: Found }[] = []
  const again: { id: string; said: store.SaidBefore }[] = []
  for (const row of rows) {
    const same = before.get(sameness(row))
    const rule = explain({ ...row, arrearsFen: row.arrearsFen ?? 0, around: around.get(row.awardId ?? '') })
    if (same) again.push({ id: row.id, said: same })
    else if (rule) found.push({ id: row.id, found: rule })
  }
  for (const part of groupBy(found, (each) => each.found.rule).values())
    if (part[0])
      await store.updateFound(tx, county, { projectId, ids: part.map(({ id }) => id), ...part[0].found })
  const words = ({ said: { reason, note, explainedBy, explainedAt } }: (typeof again)[number]) =>
    JSON.stringify([reason, note, explainedBy, explainedAt])
  for (const [first, ...rest] of groupBy(again, words).values()) {
    if (!first) continue
    const { reason, note, explainedBy: by, explainedAt: at } = first.said
    const ids = [first, ...rest].map(({ id }) => id)
    await store.updateSaid(tx, county, { projectId, ids, said: { reason, note, by, at } })
  }
}

function sameness({
  program,
  holderId,
  deltaFen,
}: Pick<store.SaidBefore, 'program' | 'holderId' | 'deltaFen'>): string {
  return `${program} ${holderId} ${deltaFen}`
}

/** Over every line as it stands: two people sign the same one. */
async function digestOf({ tx, county }: Ctx, projectId: string): Promise<string> {
  const hash = createHash('sha256')
  for (const { text } of await store.listDigested(tx, county, projectId)) hash.update(`${text}\n`)
  return hash.digest('hex')
}
