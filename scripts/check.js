// What `npm test` and CI run. The quick checks go in two lanes (most machines here have two cores), the tests after them.
// Stops at the first failure, prints one line per step, and the totals last.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const FOLDERS = ['server', 'web', 'test', 'oracle', 'scripts']
const ROOT_FILES = ['*.js', '*.ts', '.*.cjs', '.ci/*.js']

const LINT = ['--max-warnings', '0']

const LANES = [
  [
    step('lint', 'eslint/bin/eslint.js', ['server', ...LINT]),
    step('format', 'prettier/bin/prettier.cjs', [
      '--check',
      '--log-level=warn',
      '--no-error-on-unmatched-pattern',
      ...FOLDERS,
      'bin',
      ...ROOT_FILES,
    ]),
    step('types', 'typescript-7/bin/tsc', ['--noEmit', '-p', 'web/tsconfig.json']),
  ],
  [
    step('lint', 'eslint/bin/eslint.js', ['.', '--ignore-pattern', 'server/', ...LINT]),
    step('types', 'typescript-7/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']),
    step('layers', 'dependency-cruiser/bin/dependency-cruise.mjs', [
      ...FOLDERS,
      '--config',
      '.dependency-cruiser.cjs',
    ]),
    { name: 'build', args: ['scripts/build-office.js', '--if-needed'] },
  ],
]

const running = new Set()

function step(name, bin, args) {
  return { name, args: [join('node_modules', bin), ...args] }
}

/** Runs one step; its output is shown only when it fails, unless it is `live`. Resolves to whether it passed. */
function run({ name, args, live = false }) {
  const started = performance.now()
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    })
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    running.add(child)
    child.on('close', (code, signal) => {
      running.delete(child)
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      if (signal === null || live)
        console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(8)} ${seconds.padStart(6)} s`)
      if (code !== 0 && signal === null) process.stdout.write(Buffer.concat(output))
      done(code === 0)
    })
  })
}

async function runLane(steps) {
  for (const one of steps) {
    if (await run(one)) continue
    for (const child of running) child.kill()
    return false
  }
  return true
}

/** Totals from the report of the test runner; a test that did not run counts against us. */
function totals(report) {
  const {
    numPassedTests: passed,
    numFailedTests: failed,
    numTotalTests: total,
    success,
  } = JSON.parse(readFileSync(report, 'utf8'))
  return { passed, failed, skipped: total - passed - failed, success }
}

/** What to look at first when the whole takes too long. */
function slowest(report) {
  const { testResults, startTime } = JSON.parse(readFileSync(report, 'utf8'))
  const seconds = (ms) => Math.round(ms / 1000)
  return testResults
    .map((each) => ({ ...each, ms: each.endTime - each.startTime }))
    .sort((one, other) => other.ms - one.ms)
    .slice(0, 12)
    .map(
      ({ name, ms, startTime: from }) =>
        `      ${String(seconds(ms)).padStart(4)} s from ${String(seconds(from - startTime)).padStart(3)} s  ${name.slice(ROOT.length + 1)}`,
    )
    .join('\n')
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'check-'))
  const report = join(folder, 'tests.json')
  try {
    const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]
    const passed = await run({ ...step('tests', 'vitest/vitest.mjs', args), live: true })
    if (!existsSync(report)) return false
    const sum = totals(report)
    console.log(slowest(report))
    console.log(`tests: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
    return passed && sum.success && sum.passed > 0 && sum.skipped === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const quick = await Promise.all(LANES.map(runLane))
const passed = quick.every(Boolean) && (await runTests())
process.exitCode = passed ? 0 : 1
