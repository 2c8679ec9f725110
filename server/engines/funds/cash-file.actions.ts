import type { Ctx } from '../../platform/command.ts'
import type { CashQuestion } from '../registry/index.ts'
import type { CashInFile } from '../registry/file-money.schema.ts'
import type { FileEvent } from '../registry/person-file.schema.ts'
import * as store from './cash-file.db.ts'
import * as rules from './cash-file.rules.ts'

/** What the cash ledger says of awards and people, for files that the composition joins. */
export async function cashInFile(
  { tx, county }: Ctx,
  { awardIds, personIds, cut }: CashQuestion,
): Promise<CashInFile> {
  const payments = await store.listPaymentsOf(tx, county, { awardIds, cut })
  const holds = await store.listHoldHistory(tx, county, { awardIds, personIds })
  const claims = await store.listClaimsOf(tx, county, awardIds)
  return {
    payments: payments.map(rules.paymentShown),
    holds: rules.holdsShown(holds, cut),
    claims: rules.claimsShown(claims, cut),
  }
}

export async function cashEvents(
  { tx, county }: Ctx,
  { awardIds, personIds }: CashQuestion,
): Promise<FileEvent[]> {
  return [
    ...rules.paymentEvents(await store.listPaymentsOf(tx, county, { awardIds, cut: null })),
    ...rules.holdEvents(await store.listHoldHistory(tx, county, { awardIds, personIds })),
    ...rules.claimEvents(await store.listClaimsOf(tx, county, awardIds)),
    ...rules.receiptEvents(await store.listReceiptsOf(tx, county, awardIds)),
  ]
}
