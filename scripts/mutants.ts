/**
 * Plants one error after the other in a copy of the repository and runs the tests that must find it.
 * `npm run test:mutants` for all, `npm run test:mutants -- receipt` for those whose name contains a word.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MUTATIONS, planted, type Mutation } from './mutations.ts'

const ROOT = path.resolve(import.meta.dirname, '..')
const LEFT_OUT = new Set(['node_modules', '.git', 'var', 'dist', 'coverage'])

interface Report {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; message?: string; assertionResults: Assertion[] }[]
}

interface Assertion {
  status: string
  fullName: string
  failureMessages?: string[]
}

function copyRepository(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mutants-'))
  const copy = path.join(folder, 'repository')
  cpSync(ROOT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'))
  return copy
}

/** The report of the tests that ran until the first failure. */
async function runTests(copy: string, tests: readonly string[]): Promise<Report> {
  const file = path.join(copy, '..', 'report.json')
  rmSync(file, { force: true })
  const args = ['run', ...tests, '--bail=1', '--reporter=json', `--outputFile=${file}`]
  const output = await spawned(copy, [path.join('node_modules', 'vitest', 'vitest.mjs'), ...args])
  if (!existsSync(file)) throw new Error(`the tests gave no report:\n${output.slice(-2000)}`)
  return JSON.parse(readFileSync(file, 'utf8')) as Report
}

function spawned(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    child.on('error', fail)
    child.on('close', () => done(Buffer.concat(output).toString()))
  })
}

/** The first failed test and what it says; undefined = every test passed. A file that could not even be read is no find. */
function findOf(report: Report): string | undefined {
  for (const { name, assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed)
      return `${path.basename(name)}: ${failed.fullName.trim()}${saying(failed.failureMessages?.join('\n') ?? '')}`
  }
  return undefined
}

/** The line of a failure that names what is wrong, without the numbers chance drew. */
function saying(message: string): string {
  const line = message.split('\n').find((each) => /Violation: |AssertionError: |^error: /.test(each))
  return line === undefined ? '' : ` — ${line.trim().slice(0, 160)}`
}

async function tryOne(copy: string, mutation: Mutation): Promise<boolean> {
  const file = path.join(copy, mutation.file)
  const text = readFileSync(file, 'utf8')
  const started = performance.now()
  writeFileSync(file, planted(mutation, text))
  try {
    const report = await runTests(copy, mutation.tests)
    const find = findOf(report)
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    const verdict = find ?? (report.numFailedTests + report.numPassedTests === 0 ? 'NO TEST RAN' : 'SURVIVED')
    console.log(`${find ? 'found' : 'MISSED'}  ${mutation.name} (${seconds} s)\n       ${verdict}`)
    return find !== undefined
  } finally {
    writeFileSync(file, text)
  }
}

async function requireSoundCopy(copy: string, mutations: readonly Mutation[]): Promise<void> {
  const report = await runTests(copy, [...new Set(mutations.flatMap(({ tests }) => tests))])
  const find = findOf(report)
  if (find === undefined && report.numPassedTests > 0) return
  throw new Error(`the tests fail without any planted error: ${find ?? 'no test ran'}`)
}

async function main(words: readonly string[]): Promise<boolean> {
  for (const mutation of MUTATIONS) planted(mutation, readFileSync(path.join(ROOT, mutation.file), 'utf8'))
  const chosen = MUTATIONS.filter(({ name }) => words.every((word) => name.includes(word)))
  const copy = copyRepository()
  try {
    await requireSoundCopy(copy, chosen)
    let found = 0
    for (const mutation of chosen) if (await tryOne(copy, mutation)) found += 1
    console.log(`${found} of ${chosen.length} found`)
    return found === chosen.length && chosen.length > 0
  } finally {
    rmSync(path.dirname(copy), { recursive: true, force: true })
  }
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
