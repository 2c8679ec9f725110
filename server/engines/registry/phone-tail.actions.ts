import type { Backfill } from '../../platform/backfill.ts'
import type { Deps } from '../../platform/command.ts'
import { isAppError } from '../../platform/errors.ts'
import { indexKeyOf } from '../../platform/field-crypto.ts'
import { openPhone } from './person.actions.ts'
import { lockWithoutPhoneTail, updatePhoneTails, type SealedPhone } from './phone-tail.db.ts'

const CHUNK_ROWS = 1000
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/** People put on file by an earlier version get the keyed hash of their phone's last four, which no migration can make. */
export const phoneTails: Backfill = {
  name: 'registry.phone_tails',
  title: '为早先登记的人补电话后四位的查找键',
  table: 'registry.person',
  chunk: async (tx, { county, afterKey, keys }) => {
    const people = await lockWithoutPhoneTail(tx, county, {
      afterId: afterKey ?? BEFORE_ALL,
      limit: CHUNK_ROWS,
    })
    const tails = people.flatMap((person) => tailOf({ keys, county }, person))
    if (tails.length > 0) await updatePhoneTails(tx, county, tails)
    return { rows: tails.length, afterKey: people.length < CHUNK_ROWS ? null : (people.at(-1)?.id ?? null) }
  },
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
