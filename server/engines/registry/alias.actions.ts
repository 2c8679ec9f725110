import { command, type Ctx } from '../../platform/command.ts'
import { constraintOf } from '../../platform/db.ts'
import { conflict, invalid } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { insertAlias, listAliasesAround, supersedeAlias } from './alias.db.ts'
import { MergePeople, UnmergePeople } from './alias.schema.ts'
import { findDuplicates, findIdHash, getPeopleForWrite, updateAliasOf } from './person.db.ts'
import { requireWholeCounty } from './place.rules.ts'

/** Two records of one human being. Nothing is moved or deleted: readers follow the alias. */
export const mergePeople = command({
  event: 'registry.person.merged',
  permission: 'registry.person.merge',
  input: MergePeople,
  run: mergePeopleIn,
  subject: ({ personId, aliasOf }, { aliasId }) => ({ personId, aliasOf, aliasId }),
})

async function mergePeopleIn(
  ctx: Ctx,
  { personId, aliasOf, reason }: MergePeople,
): Promise<{ aliasId: string }> {
  requireWholeCounty(ctx.actor, ctx.county)
  if (personId === aliasOf) {
    throw invalid('registry.alias_of_itself', '所选两条是同一份档案，未合并。请另选一份。', { personId })
  }
  const at = await ctx.recordedAt()
  await getPeopleForWrite(ctx.tx, ctx.county, [personId, aliasOf])
  await requireNoChain(ctx, personId, aliasOf)
  const id = uuidv7()
  const alias = { id, rootId: id, personId, aliasOf }
  await insertAlias(ctx.tx, ctx.county, { alias, reason, voided: false, at, by: ctx.actor.id })
  await updateAliasOf(ctx.tx, ctx.county, { personId, aliasOf })
  return { aliasId: id }
}

/** An alias points at a living record, in one step; otherwise undoing one would leave the other in the air. */
async function requireNoChain(ctx: Ctx, personId: string, aliasOf: string): Promise<void> {
  const around = await listAliasesAround(ctx.tx, ctx.county, personId)
  const target = await listAliasesAround(ctx.tx, ctx.county, aliasOf)
  if (around.length === 0 && !target.some((alias) => alias.personId === aliasOf)) return
  throw conflict(
    'registry.alias_chain',
    '其中一份档案已与别的档案合并，未再合并。请先撤销原来的合并，再合并到同一份档案。',
    { personId, aliasOf },
  )
}

/** Both records stand on their own again, exactly as before. */
export const unmergePeople = command({
  event: 'registry.person.unmerged',
  permission: 'registry.person.merge',
  input: UnmergePeople,
  run: unmergePeopleIn,
  subject: ({ personId }, { aliasOf }) => ({ personId, aliasOf }),
})

async function unmergePeopleIn(ctx: Ctx, { personId, reason }: UnmergePeople): Promise<{ aliasOf: string }> {
  requireWholeCounty(ctx.actor, ctx.county)
  const at = await ctx.recordedAt()
  await getPeopleForWrite(ctx.tx, ctx.county, [personId])
  const alias = (await listAliasesAround(ctx.tx, ctx.county, personId)).find(
    (each) => each.personId === personId,
  )
  if (!alias) {
    throw conflict('registry.not_merged', '这份档案没有与别的档案合并，无需撤销。请刷新后再看。', {
      personId,
    })
  }
  await requireIdentityFree(ctx, personId)
  await supersedeAlias(ctx.tx, ctx.county, { id: alias.id, at })
  const undoing = { ...alias, id: uuidv7() }
  await insertAlias(ctx.tx, ctx.county, { alias: undoing, reason, voided: true, at, by: ctx.actor.id })
  try {
    await updateAliasOf(ctx.tx, ctx.county, { personId, aliasOf: null })
  } catch (error) {
    throw constraintOf(error) === 'person_one_identity' ? identityInUse(personId) : error
  }
  return { aliasOf: alias.aliasOf }
}

async function requireIdentityFree(ctx: Ctx, personId: string): Promise<void> {
  const hash = await findIdHash(ctx.tx, ctx.county, personId)
  if (hash === null) return
  const inUse = await findDuplicates(ctx.tx, ctx.county, [hash])
  if (inUse.has(hash)) throw identityInUse(personId)
}

function identityInUse(personId: string) {
  return conflict(
    'registry.identity_taken',
    '该档案的证件号码已由另一份档案使用，未撤销合并。请先核对两份档案的证件号码。',
    { personId },
  )
}
