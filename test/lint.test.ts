import { ESLint, type Linter } from 'eslint'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import tseslint from 'typescript-eslint'

// Rules that need types are left out: a planted text belongs to no project. npm run lint has them.
const eslint = new ESLint({
  cwd: resolve(import.meta.dirname, '..'),
  overrideConfig: [{ files: ['**/*.ts'], ...(tseslint.configs.disableTypeChecked as Linter.Config) }],
})

const ACTIONS = 'server/engines/benefits/planted.actions.ts'
const DB = 'server/engines/benefits/planted.db.ts'
const RULES = 'server/engines/benefits/planted.rules.ts'
const DEMO = 'server/demo/planted.ts'
const PLATFORM = 'server/platform/planted.ts'
const TEST = 'server/engines/benefits/planted.test.ts'

// Written in two halves where the text would otherwise shut or repeat a test of this repository.
function shut(runner: string, word: string): string {
  return `${runner}.${word}('x', () => {})`
}

const BREACHES: readonly [file: string, code: string][] = [
  [ACTIONS, `export const rows = db.selectFrom('benefits.run')`],
  [ACTIONS, `export const rows = tx.insertInto('benefits.run')`],
  [ACTIONS, `export const rows = ctx.tx.updateTable('benefits.run')`],
  [ACTIONS, `export const rows = tx.deleteFrom('benefits.run')`],
  [ACTIONS, 'export const rows = sql`select 1`.execute(db)'],
  [ACTIONS, 'export const rows = sql<{ n: number }>`select 1`'],
  [ACTIONS, `export const rows = sql.raw('select 1')`],
  [ACTIONS, `export const rows = pool.query('select 1')`],
  [ACTIONS, 'export const rows = client.query({ text: `select 1` })'],
  [ACTIONS, `export const rows = insertRows(tx, 'benefits.run', [])`],
  [ACTIONS, `export const at = new Date()`],
  [ACTIONS, `export const at = Date.now()`],
  [ACTIONS, `export function f(x: any) { return x }`],
  [ACTIONS, `export const x = (y as { z?: string }).z!`],
  [ACTIONS, `// @ts-ignore\nexport const x: number = 'y'`],
  [ACTIONS, `export default function f() {}`],
  [ACTIONS, `export const f = () => 1`],
  [ACTIONS, `const f = async () => 1\nexport { f }`],
  [ACTIONS, `import { Fen } from '../../platform/money.ts'\nexport const x: Fen = 1`],
  [ACTIONS, `export function f(a: 1, b: 1, c: 1, d: 1, e: 1) { return [a, b, c, d, e] }`],
  [ACTIONS, `export const same = a == b`],
  [DB, `export const at = new Date()`],
  [DB, `export const at = Date.now()`],
  [DEMO, 'export const rows = sql`select 1`'],
  [DEMO, `export const rows = db.selectFrom('benefits.run')`],
  [DEMO, `export const rows = pool.query(text)`],
  [RULES, `export const d = new Date('2020-01-01')`],
  [RULES, `export const d = Date.UTC(2020, 0, 1)`],
  [RULES, `export const d = Date()`],
  [RULES, `export const d = performance.now()`],
  [RULES, `export const n = Math.random()`],
  [RULES, `export const n = crypto.randomUUID()`],
  [RULES, `import { randomBytes } from 'node:crypto'\nexport const n = randomBytes(4)`],
  [RULES, `export const n = crypto.getRandomValues(new Uint8Array(4))`],
  [RULES, `export const n = process.env['COUNTY']`],
  [RULES, 'export const rows = sql`select 1`'],
  [RULES, `export const rows = db.selectFrom('benefits.run')`],
  [TEST, shut('test', 'skip')],
  [TEST, shut('test', 'only')],
  [TEST, shut('it', 'only')],
  [TEST, shut('describe', 'skip')],
  [TEST, shut('test', 'todo')],
  [TEST, shut('test', 'fails')],
  [TEST, shut('test', 'skipIf(true)')],
  [TEST, shut('test.concurrent', 'only')],
  [TEST, shut('test', 'only.each([1])')],
  [TEST, `test('x', { ${'re' + 'try'}: 2 }, () => {})`],
  [TEST, `vi.mock('../registry/index.ts')`],
  [TEST, `expect(body).toMatchSnapshot()`],
]

const ALLOWED: readonly [file: string, code: string][] = [
  [DB, 'export const rows = sql`select 1`.execute(db)'],
  [DB, `export const rows = db.selectFrom('benefits.run')`],
  [PLATFORM, `export const rows = pool.query('select 1')`],
  [PLATFORM, `export const clock = { now: String(Date.now()) }`],
  [TEST, `test('x', async () => { await pool.query('select 1') })`],
  [TEST, `test.each([1])('x %i', (n) => { expect(n).toBe(1) })`],
  [RULES, `export function f(months: string[]) { return months.map((month) => month.slice(0, 4)) }`],
  [ACTIONS, `export function f(on: string) { return new Date(on) }`],
  [ACTIONS, `export const page = request.query`],
]

test.each(BREACHES)('%s: a planted breach is found: %s', async (file, code) => {
  expect(await complaints(file, code)).not.toEqual([])
})

test.each(ALLOWED)('%s: allowed: %s', async (file, code) => {
  expect(await complaints(file, code)).toEqual([])
})

async function complaints(file: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(`${code}\n`, { filePath: file })
  const messages = results.flatMap((result) => result.messages)
  expect(messages.filter(({ fatal }) => fatal)).toEqual([])
  return messages.map(({ ruleId, message }) => `${ruleId}: ${message}`)
}
