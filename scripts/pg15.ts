/** `npm run test:pg15 [-- <filter> …]`: the whole suite, the schema lint with it, on PostgreSQL 15, the oldest server we answer for. */
import { spawn, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'

const BINARIES = 'embedded-pg15'
const LAST_LINES = 40

const root = path.resolve(import.meta.dirname, '..')

function serverVersion(): string {
  const entry = createRequire(import.meta.url).resolve(BINARIES)
  const postgres = path.resolve(path.dirname(entry), '../native/bin/postgres')
  return spawnSync(postgres, ['--version'], { encoding: 'utf8' }).stdout.trim()
}

/** Resolves to the exit code; keeps the last lines of what the tests print. */
function runTests(filters: readonly string[], last: string[]): Promise<number> {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--reporter=default', '--no-color', ...filters]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, MINBEN_TEST_BINARIES: BINARIES },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const keep = (chunk: Buffer) => {
    last.push(...chunk.toString('utf8').split('\n'))
    last.splice(0, last.length - LAST_LINES * 5)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
}

const version = serverVersion()
console.log(version)
if (!version.includes(') 15.')) throw new Error(`${BINARIES} carries ${version}, not PostgreSQL 15`)
const last: string[] = []
process.exitCode = await runTests(process.argv.slice(2), last)
console.log(
  last
    .filter((line) => line.trim() !== '')
    .slice(-LAST_LINES)
    .join('\n'),
)
