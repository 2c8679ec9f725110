/** Passwords: Argon2id, 19 MiB, 2 passes, 1 lane (OWASP's first choice); about 20 ms of one core. */
import { hash, parseOptions, verify, type Options } from '@node-rs/argon2'
import { invalid } from './errors.ts'

// 2 = Argon2id; the package's own name for it is an ambient const enum, which isolated modules cannot read.
const SETTINGS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options

/** Longer input is refused before hashing: it only costs the server time. */
const LONGEST = 256

let decoy: Promise<string> | undefined

/** Never call this inside a transaction. Throws `platform.password_too_long`. */
export async function hashPassword(password: string): Promise<string> {
  if (password.length > LONGEST) {
    throw invalid('platform.password_too_long', `密码不能超过 ${LONGEST} 个字符,请缩短后再试。`)
  }
  return hash(typed(password), SETTINGS)
}

/**
 * Pass `undefined` for an account that does not exist: it takes as long as a wrong password, so that the time does
 * not tell who has an account.
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  if (password.length > LONGEST) return false
  decoy ??= hash('no account has this password', SETTINGS)
  const matches = await verify(stored ?? (await decoy), typed(password))
  return stored !== undefined && matches
}

/** True when the hash was made under other settings than today's: hash again at the next successful sign-in. */
export function needsRehash(stored: string): boolean {
  const used = parseOptions(stored)
  return (
    Number(used.algorithm) !== SETTINGS.algorithm ||
    used.memoryCost < SETTINGS.memoryCost ||
    used.timeCost < SETTINGS.timeCost
  )
}

/** A Chinese input method may leave letters and digits in full width. */
function typed(password: string): string {
  return password.normalize('NFKC')
}
