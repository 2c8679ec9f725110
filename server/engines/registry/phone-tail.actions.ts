import { setScope } from '../../platform/access.ts'
import type { Deps } from '../../platform/command.ts'
import { countiesIn } from '../../platform/counties.db.ts'
import { isAppError } from '../../platform/errors.ts'
import { indexKeyOf } from '../../platform/field-crypto.ts'
import { openPhone } from './person.actions.ts'
import { lockWithoutPhoneTail, updatePhoneTails, type SealedPhone } from './phone-tail.db.ts'

const CHUNK_ROWS = 1000
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/**
 * People put on file by an earlier version get the keyed hash of their phone's last four, which no migration can make. A transaction
 * for each chunk, under the county's row-level security; may be stopped and called again. How many people.
 */
export async function fillPhoneTails({ database, keys }: Pick<Deps, 'database' | 'keys'>): Promise<number> {
  let filled = 0
  for (const county of await countiesIn(database.runner, 'registry.person')) {
    for (let afterId: string | undefined = BEFORE_ALL; afterId !== undefined;) {
      const after: string = afterId
      const found: SealedPhone[] = await database.app.transaction().execute(async (tx) => {
        await setScope(tx, [county])
        const people = await lockWithoutPhoneTail(tx, county, { afterId: after, limit: CHUNK_ROWS })
        const tails = people.flatMap((person) => tailOf({ keys, county }, person))
        if (tails.length > 0) await updatePhoneTails(tx, county, tails)
        filled += tails.length
        return people
      })
      afterId = found.at(-1)?.id
    }
  }
  return filled
}

/** None for a damaged ciphertext: a check of the keys finds it, and it must not keep the office shut. */
function tailOf(
  { keys, county }: Pick<Deps, 'keys'> & { county: string },
  person: SealedPhone,
): { id: string; tail: string }[] {
  try {
    const phone = openPhone(keys, person)
    return phone === null
      ? []
      : [{ id: person.id, tail: indexKeyOf(keys, { county, kind: 'phone_tail' }, phone) }]
  } catch (error) {
    if (isAppError(error) && error.code === 'platform.cipher_tampered') return []
    throw error
  }
}
