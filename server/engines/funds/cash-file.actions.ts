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
  const [payments, holds, claims] = await Promise.all([
    store.listPaymentsOf(tx, county, { awardIds, cut }),
    store.listHoldHistory(tx, county, { awardIds, personIds }),
    store.listClaimsOf(tx, county, awardIds),
  ])
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
  const [payments, holds, claims, receipts] = await Promise.all([
    store.listPaymentsOf(tx, county, { awardIds, cut: null }),
    store.listHoldHistory(tx, county, { awardIds, personIds }),
    store.listClaimsOf(tx, county, awardIds),
    store.listReceiptsOf(tx, county, awardIds),
  ])
  return [
    ...rules.paymentEvents(payments),
    ...rules.holdEvents(holds),
    ...rules.claimEvents(claims),
    ...rules.receiptEvents(receipts),
  ]
}
