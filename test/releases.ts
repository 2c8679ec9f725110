/** What was released: releases.json names each version, the commit it was made of, and what its migrations were. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { Migration } from '../server/platform/migrate.ts'

export const ROOT = path.resolve(import.meta.dirname, '..')

const Release = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  lastMigration: z.string(),
  /** Digest of the names and hashes of all its migrations, in order. */
  migrations: z.string().regex(/^[0-9a-f]{64}$/),
})
export type Release = z.infer<typeof Release>

export const releases = z
  .array(Release)
  .min(1)
  .parse(JSON.parse(readFileSync(path.join(ROOT, 'releases.json'), 'utf8')))

export function digestOfMigrations(migrations: readonly Migration[]): string {
  const lines = migrations.map(({ name, hash }) => `${name} ${hash}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}
