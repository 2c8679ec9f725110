import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../server/platform/embedded-pg.ts'
import { migrateJobs } from '../server/platform/job-queue.ts'
import { ensureRoles, migrate, roleSecrets } from '../server/platform/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    clusterUrl: string
    clusterVar: string
  }
}

/** One throw-away cluster per test run, durability off; every test file clones the migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = ownTemporaryFolder()
  const varDir = path.join(folder, 'cluster')
  mkdirSync(varDir)
  const quick = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'autovacuum=off',
    'shared_buffers=256MB',
  ]
  const server = await startEmbedded({
    dataDir: path.join(varDir, 'pg'),
    password: 'test',
    flags: [...quick, 'max_connections=200'].flatMap((flag) => ['-c', flag]),
    ...(process.env.MINBEN_TEST_BINARIES ? { binaries: process.env.MINBEN_TEST_BINARIES } : {}),
  })
  const url = `postgres://postgres:test@127.0.0.1:${server.port}/postgres`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await ensureRoles(client, roleSecrets(varDir))
  await client.query('create database template_minben')
  await client.end()
  const template = new pg.Client({ connectionString: url.replace(/postgres$/, 'template_minben') })
  await template.connect()
  await migrate(template)
  await template.end()
  await migrateJobs(url.replace(/postgres$/, 'template_minben'))
  project.provide('clusterUrl', url)
  project.provide('clusterVar', varDir)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the tests, their servers and browsers put among the temporary files goes with it; other users work in it too. */
function ownTemporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'minben-test-'))
  chmodSync(folder, 0o1777)
  process.env.TMPDIR = folder
  return folder
}
