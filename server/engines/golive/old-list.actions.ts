import type { Ctx } from '../../platform/command.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type { OldListStore, OldPayment } from '../imports/index.ts'
import * as store from './old-list.db.ts'
import { PREPARE } from './project.rules.ts'

/** Where the old system's list is kept, for whoever loads it. */
export const oldListStore: OldListStore = {
  permission: PREPARE,
  find: ({ tx, county }, personIds) => store.listOldPayments(tx, county, personIds),
  add: async (ctx, payments) => {
    const rows = payments.map(rowOf)
    const place = { county: ctx.county, by: ctx.actor.id, at: await ctx.recordedAt() }
    await store.insertOldPayments(ctx.tx, place, rows)
    return rows.map(({ id }) => id)
  },
  remove: removePayments,
}

function rowOf({
  personId,
  holder,
  program,
  month,
  fen,
  arrearsFen,
  persons,
}: OldPayment): store.OldPaymentRow {
  const { kind, id, town, village } = holder
  return {
    ...{ id: uuidv7(), program, month, holderKind: kind, holderId: id, personId },
    ...{ fen, arrearsFen, persons, town, village },
  }
}

async function removePayments(ctx: Ctx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const signed = new Set(await store.listSignedPayments(ctx.tx, ctx.county, ids))
  await store.deleteOldPayments(
    ctx.tx,
    ctx.county,
    ids.filter((id) => !signed.has(id)),
  )
  return new Map([...signed].map((id) => [id, '对照已有人签认']))
}
