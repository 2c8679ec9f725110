import { sql, type Tx } from '../../platform/db.ts'

export interface SealedPhone {
  id: string
  phoneCipher: string
}

/** People on file before phones were found by their last four, after `afterId`, locked until the transaction ends. */
export async function lockWithoutPhoneTail(
  tx: Tx,
  county: string,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<SealedPhone[]> {
  const { rows } = await sql<SealedPhone>`
    select id, phone_cipher from registry.person
     where county = ${county} and phone_cipher is not null and phone_tail is null and id > ${afterId}
     order by id limit ${limit} for update`.execute(tx)
  return rows
}

export async function updatePhoneTails(
  tx: Tx,
  county: string,
  tails: readonly { id: string; tail: string }[],
): Promise<void> {
  const ids = tails.map(({ id }) => id)
  await sql`
    update registry.person
       set phone_tail = (${tails.map(({ tail }) => tail)}::text[])[array_position(${ids}::uuid[], id)]
     where county = ${county} and id = any (${ids}::uuid[])`.execute(tx)
}
