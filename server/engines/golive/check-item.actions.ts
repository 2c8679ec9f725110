import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import * as store from './check-item.db.ts'
import {
  HAND_ITEMS,
  SAFEKEEPING_ITEMS,
  safekeepingSeen,
  SYSTEM_ITEMS,
  type Safekeeping,
  type SystemItem,
} from './check-item.rules.ts'
import { countUnexplained } from './compare.db.ts'
import type { ProjectRow } from './project.db.ts'
import { countSome } from './quality.actions.ts'
import { HandItem } from './project.schema.ts'

export interface CheckItem {
  key: string
  title: string
  /** What it means, or what was found. */
  text: string
  /** Whether a person says so, or the system finds it. */
  isByHand: boolean
  isDone: boolean
  doneBy: string | null
  doneAt: Instant | null
  note: string | null
  /** When what the system found came about; null = it is so now. */
  seenAt: Instant | null
}

/** Handed over by the composition; undefined = the installation does not know. */
export type SafekeepingLook = (ctx: Ctx) => Promise<Safekeeping | undefined>

/** Everything that has to be so before the old system is left. */
export async function checkItems(ctx: Ctx, project: ProjectRow, look: SafekeepingLook): Promise<CheckItem[]> {
  const kept = await look(ctx)
  const seen = kept ? safekeepingSeen(kept, project).map((each) => ({ ...each, ...BY_SYSTEM })) : []
  const said = (await handItems(ctx, project)).filter(({ key }) => !seen.some((each) => each.key === key))
  return [...(await systemItems(ctx, project)), ...seen, ...said]
}

const BY_SYSTEM = { isByHand: false, doneBy: null, doneAt: null, note: null } as const

/** Whether the system says so itself: then nobody else does. */
export async function isSeen(ctx: Ctx, item: HandItem, look: SafekeepingLook): Promise<boolean> {
  return SAFEKEEPING_ITEMS.some((key) => key === item) && (await look(ctx)) !== undefined
}

/** To approve, to pay, to sign. */
const WEIGHTY = ['benefits.run.approve', 'funds.batch.approve', 'funds.batch.file', 'golive.project.sign']

type Found = readonly [isDone: boolean, text: string]

async function systemItems(ctx: Ctx, project: ProjectRow): Promise<CheckItem[]> {
  const found: Readonly<Record<SystemItem, Found>> = {
    lines: await linesFound(ctx, project),
    quality: await earlyFound(ctx, project),
    accounts: await accountsFound(ctx, project),
    budget: await budgetFound(ctx, project),
    calendar: await calendarFound(ctx, project),
    second_factor: await factorFound(ctx),
  }
  return (Object.keys(SYSTEM_ITEMS) as SystemItem[]).map((key) => {
    const [isDone, text] = found[key]
    return { key, title: SYSTEM_ITEMS[key], text, isDone, seenAt: null, ...BY_SYSTEM }
  })
}

async function linesFound(ctx: Ctx, project: ProjectRow): Promise<Found> {
  if (project.comparedAt === null) return [false, '还没有对照']
  const { lines } = await countUnexplained(ctx.tx, ctx.county, project.id)
  if (lines > 0) return [false, `还有 ${lines} 行没有说明`]
  return project.secondBy === null ? [false, '都已说明，等两人签认'] : [true, '两人已签认']
}

async function earlyFound(ctx: Ctx, project: ProjectRow): Promise<Found> {
  const lines = await store.countEarlyLines(ctx.tx, ctx.county, project)
  const awards = (await countSome(ctx, project, ['opens_early'])).get('opens_early') ?? 0
  if (lines + awards === 0) return [true, `${project.openingMonth} 以前没有待遇和明细`]
  return [false, `早于 ${project.openingMonth}：${awards} 笔待遇，${lines} 行明细`]
}

async function accountsFound(ctx: Ctx, project: ProjectRow): Promise<Found> {
  if (project.comparedAt === null) return [false, '试算对照以后才知道']
  const count = (await countSome(ctx, project, ['account_missing'])).get('account_missing') ?? 0
  return count === 0 ? [true, '都有'] : [false, `${count} 人没有账户，名单在数据质量里`]
}

async function budgetFound({ tx, county }: Ctx, { programs, openingMonth }: ProjectRow): Promise<Found> {
  const year = Number(openingMonth.slice(0, 4))
  const without = await store.listWithoutBudget(tx, county, { programs, year })
  return without.length === 0
    ? [true, `${year} 年都有`]
    : [false, `${year} 年还有 ${without.length} 个项目没有预算，由资金经办录入`]
}

async function calendarFound({ tx }: Ctx, { openingMonth }: ProjectRow): Promise<Found> {
  const year = Number(openingMonth.slice(0, 4))
  return (await store.hasCalendarYear(tx, year))
    ? [true, `${year} 年已录入`]
    : [false, `${year} 年没有录入，由系统管理员录入`]
}

async function factorFound({ tx, county }: Ctx): Promise<Found> {
  const count = await store.countWithoutSecondFactor(tx, county, WEIGHTY)
  return count === 0 ? [true, '都开了'] : [false, `${count} 个账号没有开，由本人在“我的登录与显示”里开启`]
}

async function handItems({ tx, county }: Ctx, project: ProjectRow): Promise<CheckItem[]> {
  const ticked = new Map((await store.listTicked(tx, county, project.id)).map((each) => [each.item, each]))
  const names = await listNames(
    tx,
    [...ticked.values()].map(({ doneBy }) => doneBy),
  )
  return HandItem.options.map((key) => {
    const { title, note: text } = HAND_ITEMS[key]
    const said = ticked.get(key)
    return {
      ...{ key, title, text, isByHand: true, isDone: said?.isDone ?? false },
      doneBy: said ? (names.get(said.doneBy) ?? null) : null,
      ...{ doneAt: said?.doneAt ?? null, note: said?.note ?? null, seenAt: null },
    }
  })
}
