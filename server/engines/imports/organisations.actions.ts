import type { Ctx } from '../../platform/command.ts'
import { findOrganisations } from '../registry/index.ts'
import type { Said } from './decision-form.rules.ts'
import type { DecisionRow, DecisionWords } from './decisions.rules.ts'
import type { AtField } from './holders.actions.ts'

/** Bodies that rows name. */
export interface Organisations {
  keys: readonly string[]
  /** What was typed → ids. */
  found: ReadonlyMap<string, readonly string[]>
}

export async function organisationsOf(
  { tx, county }: Ctx,
  rows: readonly DecisionRow[],
  { form }: DecisionWords,
): Promise<Organisations> {
  const keys = form.fields.filter(({ isOrganisation }) => isOrganisation).map(({ key }) => key)
  const typed = new Set(rows.flatMap(({ said }) => keys.flatMap((key) => String(said[key] ?? ''))))
  const names = [...typed].filter((name) => name !== '')
  const known = names.length === 0 ? [] : await findOrganisations(tx, county, names)
  const ofName = (name: string) => known.filter(({ fullName, uscc }) => fullName === name || uscc === name)
  return { keys, found: new Map(names.map((name) => [name, ofName(name).map(({ id }) => id)])) }
}

/** With ids in the place of what was typed. */
export function withIds(
  { said }: DecisionRow,
  { keys, found }: Organisations,
): { said: Said } | { wrong: AtField } {
  const ids: Record<string, string> = {}
  for (const field of keys) {
    const value = String(said[field] ?? '')
    const [id, another] = found.get(value) ?? []
    if (value === '') continue
    if (id === undefined) return { wrong: { field, value, code: 'organisation_unknown' } }
    if (another !== undefined) return { wrong: { field, value, code: 'organisation_ambiguous' } }
    ids[field] = id
  }
  return { said: { ...said, ...ids } }
}
