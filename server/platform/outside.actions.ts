import type { Deps } from './command.ts'
import { isAppError } from './errors.ts'
import { decryptField, encryptField, type FieldPlace } from './field-crypto.ts'
import type { KeyRing } from './keys.ts'
import type { OutsideProvider, OutsideTrip } from './outside-provider.ts'
import { recorded, type Deed } from './session.actions.ts'
import { findOutsideCredentials } from './session.db.ts'
import type { SignInTools } from './sign-in-tools.ts'
import { enter, type Entry } from './sign-in.actions.ts'

/** In the browser's keeping, encrypted; bound to the state, so that only the answer to this trip opens it. */
export function sealTrip(keys: KeyRing, trip: OutsideTrip, until: number): string {
  return encryptField(keys, placeOf(trip.state), JSON.stringify({ ...trip, until }))
}

function placeOf(state: string): FieldPlace {
  return { table: 'cookie', column: 'outside_trip', rowId: state }
}

function openTrip(
  keys: KeyRing,
  sealed: string,
  state: string,
): (OutsideTrip & { until: number }) | undefined {
  try {
    return JSON.parse(decryptField(keys, placeOf(state), sealed)) as OutsideTrip & { until: number }
  } catch (error) {
    if (isAppError(error) && error.code === 'platform.cipher_tampered') return undefined
    throw error
  }
}

export interface Return {
  /** With what the provider sent along. */
  url: URL
  sealed: string | undefined
  device: string
  tools: SignInTools
}

/**
 * Coming back from the provider. Whom nobody bound, and whoever is locked or closed, is refused alike and leaves a row; no account is
 * ever made here. A second factor is asked for as after a password.
 */
export async function enterFromOutside(
  deps: Deps,
  outside: OutsideProvider,
  { url, sealed, device, tools }: Return,
): Promise<Entry | { problem: 'refused' | 'unreachable' }> {
  const trip = openTrip(deps.keys, sealed ?? '', url.searchParams.get('state') ?? '')
  const isInTime = trip !== undefined && (await tools.seconds(deps.database.app)) < trip.until
  try {
    const subject = isInTime ? await outside.comeBack(trip, url) : undefined
    if (subject === undefined) return await refuse(deps, 'platform.outside_answer_refused')
    const credentials = await findOutsideCredentials(deps.database.app, { issuer: outside.issuer, subject })
    const entry = await enter(deps, { credentials, isProved: true, by: 'outside', device })
    return entry ?? { problem: 'refused' }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'platform.outside_unreachable') throw error
    await refuse(deps, error.code)
    return { problem: 'unreachable' }
  }
}

async function refuse(deps: Deps, code: string): Promise<{ problem: 'refused' }> {
  const deed = { event: 'platform.session.opened', actorId: null, subject: { by: 'outside' } }
  await recorded(deps, undefined, async (): Promise<Deed> => ({ ...deed, outcome: 'refused', code }))
  return { problem: 'refused' }
}
