import { expect } from 'vitest'
import { runProgram } from './serving.ts'

/** The trail of an installation that stands still is whole. */
export async function audited(varDir: string, prefix: readonly string[] = []): Promise<void> {
  const verify = runProgram(['audit', 'verify', '--json'], { MINBEN_VAR: varDir }, prefix)
  expect([await verify.ended, verify.complained()]).toEqual([{ code: 0, signal: null }, ''])
}
