import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { listMigrations } from '../server/platform/migrate.ts'
import { releases, ROOT, type Release } from './releases.ts'

/**
 * From every released version: its own code loads a demonstration county into its own embedded server and says its figures;
 * then this code upgrades that data directory and must say the same. Over the process boundary, as a bureau would.
 */

const folder = mkdtempSync(path.join(tmpdir(), 'minben-upgrade-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The tree of a release, with the packages that are installed here. */
function unpack({ version, commit }: Release, scenario: string): string {
  const known = spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT })
  if (known.status !== 0)
    throw new Error(
      `v${version} (${commit}) is not in this clone: its history is shallow or it is no clone. Fetch the whole history: git fetch --unshallow`,
    )
  const tree = path.join(folder, `${version}-${scenario}`)
  mkdirSync(tree)
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['x', '-C', tree], { input: archive })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'))
  return tree
}

const Package = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).default({}) })

function packageIn(place: string) {
  return Package.parse(JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8')))
}

/** What the release ran with and these tests do not: it is run with what is installed here. */
function otherPackages(tree: string): string[] {
  return Object.entries(packageIn(tree).dependencies).flatMap(([name, wanted]) => {
    const place = path.join(ROOT, 'node_modules', name)
    const here = existsSync(place) ? packageIn(place).version : 'absent'
    return here === wanted ? [] : [`${name} ${wanted}, here ${here}`]
  })
}

function runIn(tree: string, varDir: string, ...args: string[]) {
  const env = { ...process.env, MINBEN_VAR: varDir, DATABASE_URL: undefined, MINBEN_KEYS: undefined }
  const bin = path.join(tree, 'bin/minben.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    ...{ cwd: tree, env, encoding: 'utf8', maxBuffer: 2 ** 26 },
  })
  return { status, stdout, stderr }
}

/** The first release left its server running where it was refused. */
async function stopServer(varDir: string): Promise<void> {
  const file = path.join(varDir, 'pg', 'postmaster.pid')
  if (!existsSync(file)) return
  process.kill(Number(readFileSync(file, 'utf8').split('\n', 1)[0]), 'SIGINT')
  while (existsSync(file)) await wait(50)
}

const COUNTY = ['--county', '441882']
/** Figures as people and programs read them, lists of money, and a run computed again to the byte. */
const QUESTIONS = [
  ['figures', ...COUNTY, '--as-of', '2020-04-30', '--json'],
  ['figures', ...COUNTY, '--as-of', '2020-09-30', '--json'],
  ['figures', ...COUNTY, '--period', '2020-01..2020-06', '--json'],
  ['figures', ...COUNTY, '--period', '2020-01..2020-11', '--json'],
  ['run-month', '--replay', '3', ...COUNTY, '--json'],
  ['receipt', 'list', '--as', 'funds.clerk', '--json'],
]

const Verdict = z.object({
  ok: z.boolean(),
  counties: z.array(
    z.object({
      county: z.string(),
      rows: z.int(),
      seals: z.int(),
      lastSeal: z.object({ n: z.int() }).nullable(),
    }),
  ),
})

/** The demonstration county of the README, and the small one of the tests. */
const cases = releases.flatMap((release) =>
  ['lianzhou-2020', 'small'].map((scenario) => ({ ...release, scenario, release })),
)

test.each(cases)(
  'from $version, $scenario: every figure stays equal to the fen, the trail stays whole',
  async ({ release, scenario }) => {
    const tree = unpack(release, scenario)
    const others = otherPackages(tree)
    if (others.length > 0) console.log(`v${release.version} runs with other packages: ${others.join('; ')}`)
    const varDir = path.join(folder, `${release.version}-${scenario}-var`)
    const old = (...args: string[]) => runIn(tree, varDir, ...args)
    const now = (...args: string[]) => runIn(ROOT, varDir, ...args)

    const loaded = old('demo', 'load', scenario, '--json')
    expect([loaded.status, loaded.stderr]).toEqual([0, expect.any(String)])
    const before = QUESTIONS.map((question) => ({ question, ...old(...question) }))
    expect(before.filter(({ status, stdout }) => status !== 0 || stdout === '')).toEqual([])
    expect(old('audit', 'seal').status).toBe(0)
    const trail = old('audit', 'verify', '--json')
    expect(trail.status).toBe(0)

    const pending = listMigrations().flatMap(({ name }) => (name > release.lastMigration ? [name] : []))
    const check = now('upgrade', '--check', '--json')
    const report = JSON.parse(check.stdout) as { isReady: boolean; pending: { name: string }[] }
    expect([check.status, report.isReady, report.pending.map(({ name }) => name)]).toEqual([0, true, pending])
    expect(old('audit', 'verify', '--json').stdout).toBe(trail.stdout)

    const migrated = now('migrate', '--json')
    expect([migrated.status, migrated.stderr]).toEqual([0, ''])
    expect(QUESTIONS.map((question) => ({ question, ...now(...question) }))).toEqual(before)
    const trailNow = now('audit', 'verify', '--json')
    expect(trailNow.status).toBe(0)
    const [there, here] = [trail, trailNow].map(({ stdout }) => Verdict.parse(JSON.parse(stdout)))
    expect(here?.ok).toBe(true)
    expect(there?.counties.map(({ seals }) => seals > 0)).toEqual([true])
    for (const county of there?.counties ?? []) {
      const same = here?.counties.find((each) => each.county === county.county)
      expect(same?.rows ?? 0).toBeGreaterThanOrEqual(county.rows)
      expect(same?.seals ?? 0).toBeGreaterThanOrEqual(county.seals)
    }
    console.log(
      `v${release.version}, ${scenario}: ${pending.length} migrations, ${before.length} answers equal, ${there?.counties.map(({ county, rows, seals }) => `${county} ${rows} rows ${seals} seals`).join(', ')}`,
    )

    const back = old('figures', ...COUNTY, '--as-of', '2020-04-30')
    await stopServer(varDir)
    expect([back.status === 0, back.stderr.includes('数据库比程序新')]).toEqual([false, true])
  },
)
