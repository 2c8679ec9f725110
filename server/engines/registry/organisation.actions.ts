import { command, type Ctx } from '../../platform/command.ts'
import { constraintOf } from '../../platform/db.ts'
import { conflict, invalid } from '../../platform/errors.ts'
import { checkUscc } from '../../platform/uscc.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { insertOrganisations, type Organisation } from './organisation.db.ts'
import { RegisterOrganisations, type NewOrganisation } from './organisation.schema.ts'
import { requireAreasInForce } from './place.actions.ts'
import { requirePlace } from './place.rules.ts'

export const registerOrganisations = command({
  event: 'registry.organisation.registered',
  permission: 'registry.organisation.register',
  input: RegisterOrganisations,
  run: registerOrganisationsIn,
  subject: (_, { ids }) => ({ organisations: ids.length, ids: ids.slice(0, 20) }),
})

async function registerOrganisationsIn(
  ctx: Ctx,
  { organisations }: RegisterOrganisations,
): Promise<{ ids: string[] }> {
  const at = await ctx.recordedAt()
  const rows = organisations.map((organisation, index) => checkedOrganisation(ctx, organisation, index))
  await requireAreasInForce(ctx, at, organisations)
  try {
    await insertOrganisations(ctx.tx, ctx.county, { organisations: rows, at })
  } catch (error) {
    if (constraintOf(error) !== 'organisation_uscc_once') throw error
    throw conflict('registry.uscc_taken', '该统一社会信用代码已在本县登记，未重复登记。请查询后核对。')
  }
  return { ids: rows.map(({ id }) => id) }
}

function checkedOrganisation(
  ctx: Ctx,
  { id = uuidv7(), fullName, uscc, town, village }: NewOrganisation,
  index: number,
): Organisation {
  requirePlace(ctx.actor, ctx.county, { town, village })
  const checked = checkUscc(uscc)
  if (checked.ok) return { id, fullName, uscc: checked.number, town, village }
  throw invalid(
    checked.code.replace('platform.', 'registry.'),
    `第 ${index + 1} 个机构：${checked.message}`,
    {
      index,
    },
  )
}
