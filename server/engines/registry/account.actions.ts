import { command, type Ctx } from '../../platform/command.ts'
import { invalid, notFound } from '../../platform/errors.ts'
import { decryptField, encryptField, indexKeyOf, type FieldPlace } from '../../platform/field-crypto.ts'
import type { KeyRing } from '../../platform/keys.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  insertAccounts,
  listHoldersOf,
  listKnownAccounts,
  supersedeAccounts,
  type AccountRow,
  type HeldAccount,
} from './account.db.ts'
import { normaliseAccount, unusualIndexes } from './account.rules.ts'
import { RecordAccounts, type NewAccount } from './account.schema.ts'
import { listOrganisations } from './organisation.db.ts'
import { getPeopleForWrite } from './person.db.ts'
import { requireAreasInForce } from './place.actions.ts'
import { requirePlace } from './place.rules.ts'
import { layOver } from './timeline.rules.ts'

/** From its first day an account takes the place of the holder's earlier one. */
export const recordAccounts = command({
  event: 'registry.account.recorded',
  isBulk: true,
  permission: 'registry.account.record',
  input: RecordAccounts,
  run: recordAccountsIn,
  subject: ({ accounts }, { ids }) => ({
    accounts: ids.length,
    ids: ids.slice(0, 20),
    holderIds: accounts.slice(0, 20).map(({ holderId }) => holderId),
  }),
})

export interface AccountsRecorded {
  ids: string[]
  /** Places in the list of numbers that are no bank card: a warning. */
  unusual: number[]
}

async function recordAccountsIn(ctx: Ctx, { accounts }: RecordAccounts): Promise<AccountsRecorded> {
  const at = await ctx.recordedAt()
  const rows = accounts.map((account, index) => accountRowOf(ctx, account, index))
  await requireAreasInForce(ctx, at, accounts)
  await requireHolders(ctx, accounts)
  const known = await listKnownAccounts(ctx.tx, ctx.county, [
    ...new Set(rows.map(({ holderId }) => holderId)),
  ])
  const laying = layOver(known, rows, {
    lineOf: ({ holderId }) => holderId,
    successorOf: (span, range) => sealedAnew(ctx.keys, { ...span, ...range }),
  })
  await supersedeAccounts(ctx.tx, ctx.county, { ids: laying.superseded.map(({ id }) => id), at })
  await insertAccounts(ctx.tx, ctx.county, { laid: laying.inserted, at, by: ctx.actor.id })
  return { ids: rows.map(({ id }) => id), unusual: unusualIndexes(accounts.map(({ number }) => number)) }
}

function accountRowOf(ctx: Ctx, account: NewAccount, index: number): AccountRow {
  requirePlace(ctx.actor, ctx.county, account)
  const number = normaliseAccount(account.number)
  if (number === undefined) {
    throw invalid(
      'registry.account_form',
      `第 ${index + 1} 个账号格式不对：账号应为4至40位数字或字母，请核对存折或银行卡。`,
      { index },
    )
  }
  const { holderKind, holderId, holderName, bankCode, from, town, village } = account
  const id = uuidv7()
  return {
    id,
    rootId: id,
    holderKind,
    holderId,
    holderName,
    bankCode,
    numberCipher: encryptField(ctx.keys, numberPlace(id), number),
    numberHash: accountHash(ctx, number),
    numberTail: accountHash(ctx, number.slice(-4)),
    from,
    to: null,
    town,
    village,
  }
}

function accountHash(ctx: Pick<Ctx, 'keys' | 'county'>, text: string): string {
  return indexKeyOf(ctx.keys, { county: ctx.county, kind: 'account' }, text)
}

async function requireHolders(ctx: Ctx, accounts: readonly NewAccount[]): Promise<void> {
  const idsOf = (kind: NewAccount['holderKind']) => [
    ...new Set(accounts.filter(({ holderKind }) => holderKind === kind).map(({ holderId }) => holderId)),
  ]
  await getPeopleForWrite(ctx.tx, ctx.county, idsOf('person'))
  const organisations = await listOrganisations(ctx.tx, ctx.county, idsOf('organisation'))
  const missing = idsOf('organisation').filter((id) => !organisations.some((each) => each.id === id))
  if (missing.length === 0) return
  throw notFound('registry.organisation_unknown', '找不到所选机构，或不在您负责的地区。请核对后再试。', {
    organisationIds: missing.slice(0, 20),
  })
}

/** A successor: the ciphertext is bound to its row, so the number is sealed anew. */
export function sealedAnew(keys: KeyRing, span: AccountRow): AccountRow {
  const id = uuidv7()
  return { ...span, id, numberCipher: encryptField(keys, numberPlace(id), openAccountNumber(keys, span)) }
}

/** In clear: for a bank file. Throws `platform.cipher_tampered` when the text came from another row. */
export function openAccountNumber(keys: KeyRing, account: Pick<HeldAccount, 'id' | 'numberCipher'>): string {
  return decryptField(keys, numberPlace(account.id), account.numberCipher)
}

/** Holders known under a typed number; several people on one account are a question for a person. */
export async function findAccountHolders(ctx: Ctx, number: string): Promise<string[]> {
  const normalised = normaliseAccount(number)
  return normalised === undefined ? [] : listHoldersOf(ctx.tx, ctx.county, accountHash(ctx, normalised))
}

function numberPlace(rowId: string): FieldPlace {
  return { table: 'registry.bank_account', column: 'number_cipher', rowId }
}
