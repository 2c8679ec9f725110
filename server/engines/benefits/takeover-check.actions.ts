import type { Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { conflict, invalid, isAppError } from '../../platform/errors.ts'
import { listHouseholds, listPeople, requireAreasInForce } from '../registry/index.ts'
import { requireReplaced } from './award.actions.ts'
import { listAwardsById } from './award.db.ts'
import { requireHolder, requireOpening } from './award.rules.ts'
import { listHeldAwards } from './award-use.db.ts'
import { requireAfterOpening } from './ledger-opening.actions.ts'
import type { ProgramBook } from './programs.rules.ts'
import type { TakeoverAward, TakeoverRow } from './takeover.db.ts'
import { heldTwice, repeatedHolders } from './takeover-view.rules.ts'
import type { TakeoverCheck } from './takeover-view.schema.ts'

type Awards = readonly TakeoverAward[]

interface Requirement {
  key: string
  title: string
  /** Throws what is wrong and how to mend it. */
  require: (ctx: Ctx, at: Instant, awards: Awards) => Promise<void> | void
}

/** What a list must be to be proposed and, once more, to be signed. */
function requirementsOf(programs: ProgramBook): readonly Requirement[] {
  return [
    {
      ...{ key: 'program', title: '项目和对象' },
      require: (_, __, awards) => awards.forEach((award) => requireHolder(programs, award)),
    },
    {
      ...{ key: 'opening', title: '起始月接着末次发放月' },
      require: (_, __, awards) => awards.forEach(requireOpening),
    },
    {
      ...{ key: 'before', title: '起始月不早于本县的开账月' },
      require: (ctx, _, awards) => requireAfterOpening(ctx, awards),
    },
    { ...{ key: 'area', title: '镇、村代码在用' }, require: requireAreasInForce },
    {
      ...{ key: 'replaced', title: '被替代的待遇在册' },
      require: (ctx, _, awards) => requireReplaced(ctx, awards),
    },
    { ...{ key: 'new', title: '没有导入过' }, require: (ctx, _, awards) => requireNew(ctx, awards) },
  ]
}

export async function requireSound(
  ctx: Ctx,
  { programs, at, awards }: { programs: ProgramBook; at: Instant; awards: Awards },
): Promise<void> {
  for (const requirement of requirementsOf(programs)) await requirement.require(ctx, at, awards)
}

/** Whoever signs has a count and a sum before his eyes: the lines must still add up to them. */
export function requireWhole(takeover: TakeoverRow, awards: Awards): void {
  const fen = awards.reduce((sum, award) => sum + award.lastPaidFen, 0)
  if (awards.length === takeover.awards && fen === takeover.lastPaidFen) return
  throw conflict(
    'benefits.takeover_incomplete',
    '迁移清单的户数或金额与提出时不同，未签字。请撤回后重新提出，并联系系统管理员核查。',
    { awards: awards.length, proposed: takeover.awards },
  )
}

async function requireNew(ctx: Ctx, awards: readonly { id: string }[]): Promise<void> {
  const ids = awards.map((award) => award.id)
  if (new Set(ids).size < ids.length)
    throw invalid('benefits.award_repeated', '清单中有待遇编号重复，请核对后重新提出。')
  const known = await listAwardsById(ctx.tx, ctx.county, ids)
  if (known.size === 0) return
  throw conflict(
    'benefits.award_exists',
    `清单中有 ${known.size} 笔待遇已在台账中，不能再次导入。请从清单中去掉后重新提出。`,
    { awards: [...known.keys()].slice(0, 50) },
  )
}

/** The same questions, answered for whoever is to sign; then what no rule forbids but a person has to look at. */
export async function checkTakeover(
  ctx: Ctx,
  { programs, takeover, awards }: { programs: ProgramBook; takeover: TakeoverRow; awards: Awards },
): Promise<TakeoverCheck[]> {
  const at = await ctx.clock.now(ctx.tx)
  const whole = {
    key: 'whole',
    title: '户数和金额与提出时相同',
    require: () => requireWhole(takeover, awards),
  }
  const checks: TakeoverCheck[] = []
  for (const { key, title, require } of [whole, ...requirementsOf(programs)]) {
    const problem = await problemOf(async () => require(ctx, at, awards))
    checks.push({ key, title, state: problem === undefined ? 'ok' : 'bad', text: problem ?? '没有问题' })
  }
  return [...checks, await holdersCheck(ctx, awards), repeatedCheck(awards), await doubleCheck(ctx, awards)]
}

async function problemOf(ask: () => Promise<void>): Promise<string | undefined> {
  try {
    await ask()
    return undefined
  } catch (error) {
    if (!isAppError(error)) throw error
    return error.message
  }
}

async function holdersCheck({ tx, county }: Ctx, awards: Awards): Promise<TakeoverCheck> {
  const idsOf = (kind: TakeoverAward['holderKind']) => [
    ...new Set(awards.filter(({ holderKind }) => holderKind === kind).map(({ holderId }) => holderId)),
  ]
  const [people, households] = [idsOf('person'), idsOf('household')]
  const known =
    (await listPeople(tx, county, people)).length + (await listHouseholds(tx, county, households)).length
  const missing = people.length + households.length - known
  return lookAt('holder', '户（人）已建档', {
    count: missing,
    text: `有 ${missing} 户（人）没有建档。签字后有待遇而查不到人，请先补建档案，或写明为何没有。`,
  })
}

function repeatedCheck(awards: Awards): TakeoverCheck {
  const count = repeatedHolders(awards)
  return lookAt('repeated', '同一户（人）同一项目只有一行', {
    count,
    text: `有 ${count} 户（人）在同一项目下有两行以上。请核对是不是重复，重复的撤回后去掉。`,
  })
}

async function doubleCheck({ tx, county }: Ctx, awards: Awards): Promise<TakeoverCheck> {
  const held = await listHeldAwards(tx, county, [...new Set(awards.map(({ holderId }) => holderId))])
  const count = heldTwice(awards, held)
  return lookAt('held', '台账里没有同一项目的待遇', {
    count,
    text: `有 ${count} 户（人）在台账里已有同一项目的待遇，清单又没有写明替代哪一笔。签字后会有两笔，请逐户核对。`,
  })
}

function lookAt(key: string, title: string, { count, text }: { count: number; text: string }): TakeoverCheck {
  return { key, title, state: count === 0 ? 'ok' : 'look', text: count === 0 ? '没有问题' : text }
}
