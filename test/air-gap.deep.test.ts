import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from './releases.ts'

/**
 * A machine without a network: a namespace that has the loopback alone. What needs any other address fails there at once, so what
 * works there sends nothing out. The packages are fetched before, by ops/air-gap-cache.sh, outside of it.
 */

const folder = mkdtempSync(path.join(tmpdir(), 'minben-gap-'))
const [bundle, installed, varDir] = ['bundle', 'installed', 'var'].map((name) => path.join(folder, name))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const isRoot = process.getuid?.() === 0
const NAMESPACE = [
  'unshare',
  ...(isRoot ? ['--net'] : ['--net', '--map-root-user']),
  '--pid',
  '--fork',
  '--kill-child',
]

/** A shell in the closed namespace, the loopback up. */
function closed(script: string): string[] {
  return [...NAMESPACE, 'bash', '-euc', `ip link set lo up; ${script}`]
}

function run([command = '', ...args]: string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, {
    ...{ cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 },
    env: { ...process.env, ...env },
  })
}

/** Asks inside the namespace, until it is answered. */
const ASK = `
  for i in $(seq 300); do curl -sf -o page -D head http://127.0.0.1:8080/office/ && grep -q '<title>民本' page && break; sleep 1; done
  curl -sf http://127.0.0.1:8080/readyz > ready
  for file in $(grep -oE '(src|href)="[^"]+"' page | cut -d'"' -f2); do
    case $file in http*|//*) echo "ELSEWHERE $file";; *) curl -sf -o /dev/null "http://127.0.0.1:8080$file" && echo "GOT $file";; esac
  done
`

test('nothing outside answers there', () => {
  const { status, stderr } = run(closed('curl -sS -m 5 http://198.51.100.7/'))
  expect([status, stderr]).toEqual([7, expect.stringContaining('Failed to connect')])
})

test('installed from the prepared folder, it starts, serves its pages, and they ask no other host', () => {
  const prepared = run([path.join(ROOT, 'ops/air-gap-cache.sh'), bundle ?? ''])
  expect([prepared.status, prepared.stderr]).toEqual([0, expect.any(String)])
  console.log(prepared.stdout.trim())

  const script = `${bundle}/install.sh ${installed}; cd ${installed}; (npm start > ${folder}/served.txt 2>&1 &) ; cd ${folder}; ${ASK}`
  const there = run(closed(script), {
    MINBEN_VAR: varDir,
    MINBEN_DEMO: '0',
    PORT: '8080',
    DATABASE_URL: undefined,
  })
  console.log(there.stdout.split('\n').slice(-12).join('\n'))

  expect([there.status, there.stderr.includes('ENOTCACHED')]).toEqual([0, false])
  const got = there.stdout.split('\n').filter((line) => line.startsWith('GOT '))
  expect(got.length).toBeGreaterThan(1)
  expect(there.stdout).not.toContain('ELSEWHERE')
  expect(JSON.parse(readFileSync(path.join(folder, 'ready'), 'utf8'))).toMatchObject({ status: 'ready' })
  const policy =
    /content-security-policy: (.*)/i.exec(readFileSync(path.join(folder, 'head'), 'utf8'))?.[1] ?? ''
  expect(policy).toContain(`default-src 'none'`)
  expect(policy.match(/https?:|\*/g)).toBeNull()
})

test('a file that was changed on the way is not installed', () => {
  const list = path.join(bundle ?? '', 'minben.tar')
  run(['bash', '-c', `echo x >> ${list}`])
  const { status, stdout, stderr } = run([path.join(bundle ?? '', 'install.sh'), path.join(folder, 'other')])
  expect([status, stdout]).toEqual([1, expect.stringContaining('minben.tar')])
  expect(stderr).toContain('与打包时不同')
  expect(readdirSync(folder)).not.toContain('other')
})
