import type { Db } from './db.ts'
import { verifyPassword } from './password.ts'
import { machineSeconds } from './second-factor.db.ts'

/** What signing in asks of outside: how passwords are compared, and what time it is. Tests count the one and set the other. */
export interface SignInTools {
  verify: typeof verifyPassword
  seconds: (db: Db) => Promise<number>
}

export const TOOLS: SignInTools = { verify: verifyPassword, seconds: machineSeconds }
