import type { Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { sealedAnew } from './account.actions.ts'
import { insertUndoneAccounts, listKnownAccounts, supersedeAccounts, type AccountRow } from './account.db.ts'
import { insertUndoings, supersedeFacts, type FactRow } from './fact.db.ts'
import { insertUndoneMembers, supersedeMembers, type MemberRow } from './household.db.ts'
import type { Span } from './timeline.rules.ts'
import * as store from './withdraw.db.ts'

export interface Withdrawal {
  ids: readonly string[]
  /** Stands as the source of what undoes their facts. */
  reason: string
}

/** Why a record stays: something was built upon it since. By id. */
export type Kept = ReadonlyMap<string, string>

/**
 * People entered by mistake, with everything entered together with them: as if they had never been there. Whoever has been merged,
 * joined a household or got a fact or an account of a later day stays, and the answer says why.
 */
export async function withdrawPeople(ctx: Ctx, { ids, reason }: Withdrawal): Promise<Kept> {
  const { tx, county } = ctx
  const at = await ctx.recordedAt()
  const people = await store.lockPeople(tx, county, ids)
  const all = people.map(({ id }) => id)
  const facts = await store.listAllFacts(tx, county, all)
  const accounts = await listKnownAccounts(tx, county, all)
  const entered = [...new Set(people.map(({ recordedAt }) => recordedAt))]
  const kept = new Map<string, string>()
  const keep = (owners: Iterable<string>, why: string) => {
    for (const id of owners) if (!kept.has(id)) kept.set(id, why)
  }
  const uses = await store.listPersonUses(tx, county, ids)
  const used = (as: string) => uses.filter(({ reason }) => reason === as).map(({ id }) => id)
  const seen = new Set(all)
  keep(
    used('on_file').filter((id) => !seen.has(id)),
    '已迁到您负责的地区以外',
  )
  keep(used('merged'), '档案已与别的档案合并')
  keep(used('member'), '已是某一户的成员，请先撤销那一户')
  const later = async (table: 'fact' | 'bank_account', rows: readonly Span[]) =>
    laterThan(ctx, { table, rows, at: entered })
  keep(ownersOf(facts, await later('fact', facts), 'personId'), '之后又登记了新的情况')
  keep(ownersOf(accounts, await later('bank_account', accounts), 'holderId'), '之后又换了收款账户')
  const gone = new Set(all.filter((id) => !kept.has(id)))
  await undoFacts(ctx, { rows: facts.filter(({ personId }) => gone.has(personId)), reason, at })
  await undoAccounts(ctx, { rows: accounts.filter(({ holderId }) => gone.has(holderId)), at })
  await store.updatePeopleWithdrawn(tx, county, { ids: [...gone], at })
  return kept
}

/** Households entered by mistake. Whichever has gained or lost a member since stays. */
export async function withdrawHouseholds(ctx: Ctx, { ids, reason }: Withdrawal): Promise<Kept> {
  const { tx, county } = ctx
  const at = await ctx.recordedAt()
  const households = await store.lockHouseholds(tx, county, ids)
  const all = households.map(({ id }) => id)
  const members = await store.listAllMembers(tx, county, all)
  const entered = [...new Set(households.map(({ recordedAt }) => recordedAt))]
  // A membership that ended is a successor of the record, written later.
  const changed = members.filter(({ id, rootId }) => id !== rootId)
  const later = await laterThan(ctx, { table: 'household_member', rows: members, at: entered })
  const kept = new Map(
    [...changed, ...members.filter(({ id }) => later.has(id))].map(({ householdId }): [string, string] => [
      householdId,
      '之后家庭成员有过变动',
    ]),
  )
  const gone = new Set(all.filter((id) => !kept.has(id)))
  await undoMembers(ctx, { rows: members.filter(({ householdId }) => gone.has(householdId)), reason, at })
  await store.updateHouseholdsWithdrawn(tx, county, { ids: [...gone], at })
  return kept
}

/** Rows whose record was entered at another time than these. */
async function laterThan(
  ctx: Ctx,
  {
    table,
    rows,
    at,
  }: {
    table: 'fact' | 'bank_account' | 'household_member'
    rows: readonly Span[]
    at: readonly Instant[]
  },
): Promise<Set<string>> {
  const roots = [...new Set(rows.map(({ rootId }) => rootId))]
  const together = await store.listEnteredAt(ctx.tx, ctx.county, { table, ids: roots, at })
  return new Set(rows.filter(({ rootId }) => !together.has(rootId)).map(({ id }) => id))
}

function ownersOf<Owner extends string>(
  rows: readonly (Span & Record<Owner, string>)[],
  ids: ReadonlySet<string>,
  owner: Owner,
): string[] {
  return rows.filter(({ id }) => ids.has(id)).map((row) => row[owner])
}

interface Undoing<Row> {
  rows: readonly Row[]
  at: Instant
}

async function undoFacts(
  ctx: Ctx,
  { rows, reason, at }: Undoing<FactRow> & { reason: string },
): Promise<void> {
  await supersedeFacts(ctx.tx, ctx.county, { ids: rows.map(({ id }) => id), at })
  const undone = rows.map((row) => ({ ...row, id: uuidv7(), source: reason }))
  await insertUndoings(ctx.tx, ctx.county, { undone, at, by: ctx.actor.id })
}

async function undoAccounts(ctx: Ctx, { rows, at }: Undoing<AccountRow>): Promise<void> {
  await supersedeAccounts(ctx.tx, ctx.county, { ids: rows.map(({ id }) => id), at })
  const undone = rows.map((row) => sealedAnew(ctx.keys, row))
  await insertUndoneAccounts(ctx.tx, ctx.county, { undone, at, by: ctx.actor.id })
}

async function undoMembers(
  ctx: Ctx,
  { rows, reason, at }: Undoing<MemberRow> & { reason: string },
): Promise<void> {
  await supersedeMembers(ctx.tx, ctx.county, { ids: rows.map(({ id }) => id), at })
  const undone = rows.map((row) => ({ ...row, id: uuidv7(), reason }))
  await insertUndoneMembers(ctx.tx, ctx.county, { undone, at, by: ctx.actor.id })
}
