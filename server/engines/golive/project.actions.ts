import { requireWholeCounty } from '../../platform/access.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { constraintOf, sqlStateOf } from '../../platform/db.ts'
import { conflict, forbidden, invalid, notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { dropLedger, openLedger, planLedger, programsOfGroup, type ProgramBook } from '../benefits/index.ts'
import { checkItems, isSeen, type SafekeepingLook } from './check-item.actions.ts'
import { upsertItem } from './check-item.db.ts'
import { countUnexplained, listReasons } from './compare.db.ts'
import { REASONS } from './compare.rules.ts'
import * as store from './project.db.ts'
import { isOpen, OPEN, PREPARE, SIGN } from './project.rules.ts'
import {
  GiveUpProject,
  OneProject,
  SignProject,
  StartProject,
  STATUS_TITLES,
  TickItem,
} from './project.schema.ts'
import { countStops } from './quality.actions.ts'

/** Moving in, from the first plan to the month from which this system pays. */
export function projectCommands(programs: ProgramBook, look: SafekeepingLook) {
  const startProject = command({
    event: 'golive.project.started',
    permission: PREPARE,
    input: StartProject,
    needsKey: true,
    run: async (ctx: Ctx, { openingMonth, listMonth, groups }) => {
      requireWholeCounty(ctx.actor, ctx.county)
      if (listMonth !== openingMonth && listMonth !== addMonths(openingMonth, -1))
        throw invalid('golive.list_month', '对照的旧名单应是开账月的，或它前一个月的。请重新选择。')
      const asked = [...new Set(groups)]
      const members = asked.flatMap((group) => recurring(programs, group))
      const keys = members.map(({ key }) => key)
      await planLedger(ctx, { groups: asked, programs: keys, month: openingMonth })
      const step = await stepOf(ctx, uuidv7())
      await insertOnly(ctx, step, { openingMonth, listMonth, groups: asked, programs: keys })
      return { projectId: step.id }
    },
    subject: ({ openingMonth }, { projectId }) => ({ projectId, openingMonth }),
  })

  /** Before anybody has signed: the months are free again, what was imported stays. */
  const giveUpProject = command({
    event: 'golive.project.given_up',
    permission: PREPARE,
    input: GiveUpProject,
    needsKey: true,
    run: async (ctx: Ctx, { projectId, why }) => {
      const project = await requireUnsigned(ctx, projectId)
      await dropLedger(ctx, project.programs)
      await store.updateGivenUp(ctx.tx, await stepOf(ctx, projectId), why)
      return { projectId, status: 'given_up' as const }
    },
    subject: ({ projectId }) => ({ projectId }),
  })

  const tickItem = command({
    event: 'golive.item.ticked',
    permission: PREPARE,
    input: TickItem,
    needsKey: true,
    run: async (ctx: Ctx, { projectId, ...item }) => {
      const project = await requireProject(ctx, projectId)
      if (!isOpen(project.status)) throw wrongState(project)
      if (await isSeen(ctx, item.item, look))
        throw conflict('golive.item_by_system', '这一项由系统自己核对，不用登记。请刷新后看核对的结果。')
      await upsertItem(ctx.tx, await stepOf(ctx, projectId), item)
      return { projectId, item: item.item, isDone: item.isDone }
    },
    subject: ({ projectId, item, isDone }) => ({ projectId, item, isDone }),
  })

  /** The first of two signatures, or the second; both stand under the same lines. */
  const signProject = command({
    event: 'golive.project.signed',
    permission: SIGN,
    input: SignProject,
    needsKey: true,
    run: async (ctx: Ctx, { projectId, digest }) => {
      const project = await requireProject(ctx, projectId)
      if (project.status !== 'parallel') throw wrongState(project)
      if (project.firstBy === ctx.actor.id)
        throw forbidden('golive.same_signer', '对照要由两个人签认，您已经签过。请由另一位负责人签认。')
      if (project.digest !== digest)
        throw conflict('golive.lines_changed', '您看过以后对照又有变化，没有签认。请刷新后重新核对。')
      await requireSettled(ctx, project)
      const step = await stepOf(ctx, projectId)
      const isSecond = project.firstBy !== null
      if (isSecond) await store.updateSecond(ctx.tx, step)
      else await store.updateFirst(ctx.tx, step)
      return { projectId, status: isSecond ? ('signed' as const) : ('parallel' as const) }
    },
    subject: ({ projectId, digest }, { status }) => ({ projectId, digest, status }),
  })

  /** Both signatures go; the comparison may be made again. */
  const unsignProject = command({
    event: 'golive.project.unsigned',
    permission: SIGN,
    input: GiveUpProject,
    needsKey: true,
    run: async (ctx: Ctx, { projectId }) => {
      const project = await requireProject(ctx, projectId)
      if (!isOpen(project.status) || project.firstBy === null) throw wrongState(project)
      await store.updateUnsigned(ctx.tx, ctx.county, projectId)
      return { projectId, status: 'parallel' as const }
    },
    subject: ({ projectId, why }) => ({ projectId, why }),
  })

  /** The old system is left: runs of the opening month may be approved, what was said of differences is said to them. */
  const openProject = command({
    event: 'golive.project.opened',
    isBulk: true,
    permission: OPEN,
    input: OneProject,
    needsKey: true,
    run: async (ctx: Ctx, { projectId }) => {
      const project = await requireProject(ctx, projectId)
      if (project.status !== 'signed') throw wrongState(project)
      const open = (await checkItems(ctx, project, look)).filter(({ isDone }) => !isDone)
      if (open.length > 0)
        throw conflict(
          'golive.items_open',
          `上线清单还有 ${open.length} 项没有办好：${open.map(({ title }) => title).join('、')}。请逐项办好后再切换。`,
          { items: open.map(({ key }) => key) },
        )
      const said = await listReasons(ctx.tx, ctx.county, projectId)
      const reasons = said.map(({ reason, note, awardIds }) => ({
        awardIds,
        reason: `上线对照：${REASONS[reason].title}${note === null ? '' : `，${note}`}`,
      }))
      const { explained } = await openLedger(ctx, { programs: project.programs, reasons })
      await store.updateLive(ctx.tx, await stepOf(ctx, projectId))
      return { projectId, status: 'live' as const, explained }
    },
    subject: ({ projectId }, { explained }) => ({ projectId, explained }),
  })

  return { startProject, giveUpProject, tickItem, signProject, unsignProject, openProject }
}

function recurring(programs: ProgramBook, group: string) {
  const members = programsOfGroup(programs, group).filter(({ isOneOff }) => !isOneOff)
  if (members.length > 0) return members
  throw invalid('golive.group_unknown', `没有按月发放的“${group}”这一组待遇，请重新选择。`)
}

async function insertOnly(
  ctx: Ctx,
  step: store.Step,
  project: Parameters<typeof store.insertProject>[2],
): Promise<void> {
  try {
    await store.insertProject(ctx.tx, step, project)
  } catch (error) {
    if (sqlStateOf(error) !== '23505' || constraintOf(error) !== 'project_one_open') throw error
    throw conflict('golive.project_open', '本县已有一个上线项目在进行。请先办完或放弃它，再立新的。')
  }
}

async function stepOf(ctx: Ctx, id: string): Promise<store.Step> {
  return { county: ctx.county, id, by: ctx.actor.id, at: await ctx.recordedAt() }
}

/** Two who act on one project take turns. */
export async function requireProject(ctx: Ctx, projectId: string): Promise<store.ProjectRow> {
  const project = await store.findProjectForUpdate(ctx.tx, ctx.county, projectId)
  if (project) return project
  throw unknownProject()
}

export function unknownProject() {
  return notFound('golive.project_unknown', '没有这个上线项目，或不在您的管辖范围内。')
}

export function wrongState({ status, firstBy }: store.ProjectRow) {
  const state = firstBy !== null && status === 'parallel' ? '已有一人签认' : STATUS_TITLES[status]
  return conflict('golive.project_state', `这个上线项目${state}，现在不能办这一步。请刷新后查看。`, {
    status,
  })
}

/** Nothing that was signed changes under the signature. */
export async function requireUnsigned(ctx: Ctx, projectId: string): Promise<store.ProjectRow> {
  const project = await requireProject(ctx, projectId)
  const isBefore = project.status === 'preparing' || project.status === 'parallel'
  if (isBefore && project.firstBy === null) return project
  throw wrongState(project)
}

async function requireSettled(ctx: Ctx, project: store.ProjectRow): Promise<void> {
  const { lines, fen } = await countUnexplained(ctx.tx, ctx.county, project.id)
  if (lines > 0)
    throw conflict(
      'golive.unexplained',
      `还有 ${lines} 行差额没有说明，不能签认。请逐行或按原因成批说明后再签。`,
      { lines, fen },
    )
  const stops = await countStops(ctx, project)
  if (stops.length === 0) return
  throw conflict(
    'golive.quality_open',
    `数据质量还有 ${stops.length} 类必须先办的问题：${stops.map(({ title }) => title).join('、')}。请办好后重新对照再签。`,
    { checks: stops.map(({ key }) => key) },
  )
}
