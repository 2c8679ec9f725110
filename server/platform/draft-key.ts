import { createHmac } from 'node:crypto'
import type { KeyRing } from './keys.ts'

/** The same at every sign-in of the account, so that it opens what it left on this computer; another account's opens nothing of it. */
export function draftKeyOf({ indexKey }: KeyRing, accountId: string): string {
  return createHmac('sm3', indexKey).update('minben-draft/1\0').update(accountId).digest('base64')
}
