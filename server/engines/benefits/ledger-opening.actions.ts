import { requireWholeCounty } from '../../platform/access.ts'
import type { Ctx } from '../../platform/command.ts'
import type { Month } from '../../platform/dates.ts'
import { conflict, invalid } from '../../platform/errors.ts'
import * as store from './ledger-opening.db.ts'
import { programsOfGroup, type ProgramBook } from './programs.rules.ts'

/** Parts of a bureau's moving in, called by the commands of whoever leads it; each says what it may not do. */

/** From now on nothing of these programmes lies before the month, and no run of them is approved until the ledger is opened. */
export async function planLedger(
  ctx: Ctx,
  { groups, programs, month }: { groups: readonly string[]; programs: readonly string[]; month: Month },
): Promise<void> {
  requireWholeCounty(ctx.actor, ctx.county)
  const at = await ctx.recordedAt()
  if (await store.hasPublishedRun(ctx.tx, ctx.county, groups))
    throw conflict(
      'benefits.ledger_begun',
      '选中的项目在本系统已经发布过核算，不能再设开账月。请去掉这些项目，以前的差错用追溯认定更正。',
    )
  const known = await store.listLedgerOpenings(ctx.tx, ctx.county, programs)
  if (known.length > 0)
    throw conflict('benefits.ledger_planned', '选中的项目已经设过开账月。请到上线工作台查看，不要重复设立。')
  await store.insertLedgerOpenings(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, { programs, month })
}

/** The month was set and nothing was opened: as if it had not been. */
export async function dropLedger(ctx: Ctx, programs: readonly string[]): Promise<void> {
  await store.deleteLedgerOpenings(ctx.tx, ctx.county, programs)
}

/** What was said of each award's difference from the old system is said to the first run too. */
export async function openLedger(
  ctx: Ctx,
  {
    programs,
    reasons,
  }: { programs: readonly string[]; reasons: readonly { awardIds: readonly string[]; reason: string }[] },
): Promise<{ explained: number }> {
  const at = await ctx.recordedAt()
  await store.updateLedgerOpened(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, programs)
  let explained = 0
  for (const each of reasons) explained += await store.updateOpeningReasons(ctx.tx, ctx.county, each)
  return { explained }
}

/** Throws `benefits.before_opening`. */
export async function requireAfterOpening(
  { tx, county }: Ctx,
  awards: readonly { program: string; ledgerOpensMonth: Month }[],
): Promise<void> {
  const months = await store.listOpeningMonths(tx, county)
  const early = awards.find(({ program, ledgerOpensMonth }) => ledgerOpensMonth < (months.get(program) ?? ''))
  if (!early) return
  const month = months.get(early.program) ?? ''
  throw invalid(
    'benefits.before_opening',
    `本县从 ${month} 起由本系统核算，待遇的起始月不能早于它。请把起始月改为 ${month} 或以后；以前欠发的用追溯认定更正。`,
    { month },
  )
}

/** Throws `benefits.before_opening`: a run of months that the old system has paid. */
export async function requireRunAfterOpening(
  { tx, county }: Ctx,
  members: readonly { key: string }[],
  month: Month,
): Promise<void> {
  const openings = await store.listLedgerOpenings(
    tx,
    county,
    members.map(({ key }) => key),
  )
  const first = openings
    .map(({ opensMonth }) => opensMonth)
    .sort()
    .at(-1)
  if (first === undefined || month >= first) return
  throw invalid(
    'benefits.before_opening',
    `本县从 ${first} 起由本系统核算，${month} 由旧系统发放，不能核算。请核算 ${first} 或以后。`,
    { month: first },
  )
}

/** Throws `benefits.ledger_not_open`: computed beside the old system, to be compared and not to be paid. */
export async function requireLedgerOpen(
  { tx, county }: Ctx,
  programs: ProgramBook,
  group: string,
): Promise<void> {
  const keys = programsOfGroup(programs, group).map(({ key }) => key)
  const openings = await store.listLedgerOpenings(tx, county, keys)
  if (openings.every(({ openedAt }) => openedAt !== null)) return
  throw conflict(
    'benefits.ledger_not_open',
    '这一组待遇还在与旧系统并行，只能试算对照，不能审批。请在上线工作台签认、切换以后再审批。',
  )
}
