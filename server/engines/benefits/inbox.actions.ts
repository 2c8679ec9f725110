import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { INBOX_ITEMS, type InboxSource } from '../../platform/inbox.ts'
import type { InboxGroup } from '../../platform/inbox.schema.ts'
import { formatYuan } from '../../platform/money.ts'
import { listCorrections } from './correction.db.ts'
import { correctionTitle } from './correction-view.rules.ts'
import { countQueue, listQueue, type QueueFilter } from './determination-queue.db.ts'
import { determinationsShown, weigh } from './determination-view.actions.ts'
import { isLevelEnough } from './determination.rules.ts'
import { listWaitingPolicies } from './policy.db.ts'
import type { ProgramBook } from './programs.rules.ts'
import { mayApprove, mayCheck } from './run-duties.rules.ts'
import { listOpenRuns, type RunRow } from './run.db.ts'
import { listTakeovers } from './takeover.db.ts'

/** What of this engine waits for whoever opens the desk: each part only for those who may act on it, and never their own deed. */
export function benefitsInbox(programs: ProgramBook): readonly InboxSource[] {
  return [
    determinationsToCheck(programs),
    runsAt(programs, RUN_STEPS.check),
    runsAt(programs, RUN_STEPS.approve),
    runsAt(programs, RUN_STEPS.publish),
    standardsToPublish,
    takeoversToSign,
    correctionsToDecide,
  ]
}

const MOST_COUNTED = 10_000

function determinationsToCheck(programs: ProgramBook): InboxSource {
  return async (ctx) => {
    const { actor, tx, county } = ctx
    if (!actor.permissions.has('benefits.determination.check')) return undefined
    const levels = ['township', 'county'] as const
    const filter: QueueFilter = {
      status: 'proposed',
      notBy: actor.id,
      levels: levels.filter((level) => isLevelEnough(level, actor.level)),
    }
    const count = await countQueue(tx, county, filter, MOST_COUNTED)
    if (count === 0) return undefined
    const { weighed } = await weigh(
      ctx,
      programs,
      await listQueue(tx, county, { ...filter, limit: INBOX_ITEMS }),
    )
    const rows = await determinationsShown(ctx, weighed)
    return {
      ...{ kind: 'determination_check', title: '待复核的认定', count },
      items: rows.map(({ id, awardId, programTitle, kindTitle, people, villageName, madeBy, madeAt }) => ({
        title: `${programTitle} · ${kindTitle}`,
        who: [people.map(({ fullName }) => fullName).join('、'), villageName ?? '']
          .filter(Boolean)
          .join('　'),
        why: `${madeBy ?? '同事'}提出，要由另一人复核`,
        since: madeAt,
        target: { determinationId: id, awardId },
      })),
    }
  }
}

interface RunStep {
  kind: string
  title: string
  permission: string
  status: RunRow['status']
  isMine: (run: RunRow, actorId: string) => boolean
  why: string
}

const RUN_STEPS: Readonly<Record<'check' | 'approve' | 'publish', RunStep>> = {
  check: {
    ...{ kind: 'run_check', title: '待复核的核算', permission: 'benefits.run.check', status: 'computed' },
    ...{ isMine: mayCheck, why: '已算完，要由发起人以外的人复核' },
  },
  approve: {
    ...{ kind: 'run_approve', title: '待审批的核算', permission: 'benefits.run.approve', status: 'checked' },
    ...{ isMine: mayApprove, why: '已复核，要由发起人和复核人以外的人审批' },
  },
  publish: {
    ...{ kind: 'run_publish', title: '待发布的核算', permission: 'benefits.run.publish', status: 'approved' },
    ...{ isMine: () => true, why: '已审批，发布后才能发放' },
  },
}

function runsAt(
  programs: ProgramBook,
  { kind, title, permission, status, isMine, why }: RunStep,
): InboxSource {
  return async ({ actor, tx, county }) => {
    if (!actor.permissions.has(permission)) return undefined
    const open = await listOpenRuns(tx, county)
    const runs = open.filter((run) => run.status === status && isMine(run, actor.id))
    return group({ kind, title }, runs, ({ no, month, programGroup, totalFen, lines, cut }) => ({
      title: `${month} 第 ${no} 次核算`,
      who: `${titlesOf(programs, programGroup)}，${lines ?? 0} 条，${formatYuan(totalFen ?? 0)} 元`,
      ...{ why, since: cut, target: { runNo: String(no) } },
    }))
  }
}

function titlesOf(programs: ProgramBook, programGroup: string): string {
  const titles = [...programs.values()].filter((program) => program.group === programGroup)
  return titles.map(({ title }) => title).join('、')
}

async function standardsToPublish({ actor, tx, county }: Ctx): Promise<InboxGroup | undefined> {
  if (!actor.permissions.has('benefits.policy.publish') || !actor.scope.includes(county)) return undefined
  const waiting = (await listWaitingPolicies(tx, [county])).filter(({ madeBy }) => madeBy !== actor.id)
  const names = await listNames(
    tx,
    waiting.map(({ madeBy }) => madeBy),
  )
  const what = { kind: 'standard_publish', title: '待发布的新标准' }
  return group(what, waiting, ({ id, title, madeBy, madeAt }) => ({
    ...{ title, who: '全县', why: `${names.get(madeBy) ?? '同事'}提出，要由另一人发布`, since: madeAt },
    target: { policyId: id },
  }))
}

async function takeoversToSign({ actor, tx, county }: Ctx): Promise<InboxGroup | undefined> {
  if (!actor.permissions.has('benefits.takeover.sign')) return undefined
  const lists = await listTakeovers(tx, county)
  const waiting = lists.filter(({ status, madeBy }) => status === 'proposed' && madeBy !== actor.id)
  const what = { kind: 'takeover_sign', title: '待签字的迁移清单' }
  return group(what, waiting, ({ id, awards, lastPaidFen, madeAt }) => ({
    title: '旧系统清单迁移',
    who: `${awards} 户（人），末次发放 ${formatYuan(lastPaidFen)} 元`,
    ...{ why: '迁移清单要由两人签字', since: madeAt, target: { takeoverId: id } },
  }))
}

async function correctionsToDecide({ actor, tx, county }: Ctx): Promise<InboxGroup | undefined> {
  if (!actor.permissions.has('benefits.run.approve')) return undefined
  const corrections = await listCorrections(tx, county)
  const waiting = corrections.filter(({ status, madeBy }) => status === 'proposed' && madeBy !== actor.id)
  const what = { kind: 'correction_decide', title: '待决定的追回性更正' }
  return group(what, waiting, ({ id, kind, clause, madeAt }) => ({
    title: correctionTitle(kind),
    ...{ who: clause, why: '决定后，核算才能写入追回', since: madeAt, target: { correctionId: id } },
  }))
}

function group<Row>(
  { kind, title }: { kind: string; title: string },
  rows: readonly Row[],
  itemOf: (row: Row) => InboxGroup['items'][number],
): InboxGroup {
  return { kind, title, count: rows.length, items: rows.slice(0, INBOX_ITEMS).map(itemOf) }
}
