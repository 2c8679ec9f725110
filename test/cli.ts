import { cpSync } from 'node:fs'
import path from 'node:path'
import { inject, vi } from 'vitest'
import { main } from '../server/cli/main.ts'
import type { TestDb } from './db.ts'

export interface Outcome {
  code: number
  out: string
  err: string
}

/** The command line in this process, with what it writes. */
export async function minben(...args: string[]): Promise<Outcome> {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.err += String(text)), true))
  try {
    return { code: await main(args), ...written }
  } finally {
    vi.restoreAllMocks()
  }
}

/** The environment in which the command line, or a process of its own, works on a test's database. */
export function environmentOf({ deps }: TestDb): Record<string, string> {
  cpSync(path.join(inject('clusterVar'), 'roles.json'), path.join(deps.varDir, 'roles.json'))
  return {
    DATABASE_URL: deps.database.adminUrl,
    MINBEN_VAR: deps.varDir,
    MINBEN_KEYS: deps.keys.path,
  }
}

/** As this process's own, until vi.unstubAllEnvs(). */
export function useDatabase(db: TestDb): void {
  for (const [name, value] of Object.entries(environmentOf(db))) vi.stubEnv(name, value)
}
