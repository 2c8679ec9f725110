import type { CipherColumn } from './platform/rotation.ts'

/** Every column that holds ciphertext: what a rotation of keys must reach. test/secrets.test.ts compares it with the database. */
export const CIPHER_COLUMNS: readonly CipherColumn[] = [
  { table: 'platform.draft', column: 'content_cipher' },
  { table: 'registry.person', column: 'id_cipher' },
  { table: 'registry.person', column: 'phone_cipher' },
  { table: 'registry.bank_account', column: 'number_cipher' },
  { table: 'funds.instruction', column: 'account_cipher' },
  { table: 'platform.second_factor', column: 'secret_cipher', isReference: true },
  { table: 'imports.fault', column: 'value_cipher' },
]
