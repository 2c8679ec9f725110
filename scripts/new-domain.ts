// The seven files of a domain module: npx tsx scripts/new-domain.ts elderly old-age-card [--write]
// Prints them; with --write creates them under server/domains/, never over an existing file.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import prettier from 'prettier'

const USAGE = `用法：npx tsx scripts/new-domain.ts <业务域> <概念> [--write]
  名称用小写英文和连字符，以 docs/glossary.md 为准，如 elderly old-age-card。
  不加 --write 只打印，不写文件。`

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

export interface NewFile {
  path: string
  text: string
}

/** Paths are relative to the repository. */
export async function domainFiles(domain: string, concept: string): Promise<NewFile[]> {
  const folder = `server/domains/${domain}`
  const names: Names = {
    domain,
    concept,
    Type: pascal(concept),
    value: camel(concept),
    schema: snake(domain),
    table: snake(concept),
  }
  const files = [
    { path: `${folder}/README.md`, text: readme(names) },
    { path: `${folder}/index.ts`, text: index(names) },
    { path: `${folder}/${concept}.schema.ts`, text: schema(names) },
    { path: `${folder}/${concept}.rules.ts`, text: rules(names) },
    { path: `${folder}/${concept}.rules.test.ts`, text: rulesTest(names) },
    { path: `${folder}/${concept}.db.ts`, text: db(names) },
    { path: `${folder}/${concept}.actions.ts`, text: actions(names) },
  ]
  const config = await prettier.resolveConfig(import.meta.filename)
  return Promise.all(
    files.map(async ({ path, text }) => ({
      path,
      text: await prettier.format(text, { ...config, filepath: path }),
    })),
  )
}

interface Names {
  domain: string
  concept: string
  Type: string
  value: string
  schema: string
  table: string
}

function pascal(kebab: string): string {
  return kebab.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase())
}

function camel(kebab: string): string {
  return kebab.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function snake(kebab: string): string {
  return kebab.replaceAll('-', '_')
}

function readme({ domain, schema, table }: Names): string {
  return `# ${domain}

一句话：这个科室管什么。

- **拥有**：PG schema \`${schema}\`，表 \`${table}\`（一行一个什么）
- **用词**：中文 — 标识符，先写进 docs/glossary.md
- **依据**：文件名称、文号、条款
- **用到的引擎**：registry（人）、benefits（待遇）……
- **不做**：哪些相近的事归别的业务域
`
}

function index({ domain, concept, Type }: Names): string {
  return `import { record${Type} } from './${concept}.actions.ts'

/** The public face: what app.ts plugs in and what others may call. */
export const ${camel(domain)} = {
  key: '${domain}',
  commands: { record${Type} },
} as const

export { is${Type}Valid } from './${concept}.rules.ts'
export type { ${Type} } from './${concept}.schema.ts'
export { list${Type}s } from './${concept}.db.ts'
`
}

function schema({ Type }: Names): string {
  return `import { z } from 'zod'

export const ${Type} = z.object({
  personId: z.uuid(),
  startsOn: z.iso.date(),
})
export type ${Type} = z.infer<typeof ${Type}>
`
}

function rules({ Type, value, concept }: Names): string {
  return `import type { PlainDate } from '../../platform/dates.ts'
import type { ${Type} } from './${concept}.schema.ts'

/** Basis: document, number, article. */
export function is${Type}Valid(${value}: ${Type}, on: PlainDate): boolean {
  return ${value}.startsOn <= on
}
`
}

function rulesTest({ Type, concept }: Names): string {
  return `import { expect, test } from 'vitest'
import { is${Type}Valid } from './${concept}.rules.ts'

test.each([
  ['2026-03-31', false],
  ['2026-04-01', true],
])('valid from the first day on: %s → %s', (on, expected) => {
  const personId = '0196f3a0-0000-7000-8000-000000000001'

  expect(is${Type}Valid({ personId, startsOn: '2026-04-01' }, on)).toBe(expected)
})
`
}

function db({ Type, concept, schema: pgSchema, table }: Names): string {
  return `import type { Instant } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { ${Type} } from './${concept}.schema.ts'

export interface ${Type}Row extends ${Type} {
  id: string
}

export async function insert${Type}(
  tx: Tx,
  row: ${Type}Row & { county: string; recordedAt: Instant },
): Promise<void> {
  await sql\`
    insert into ${pgSchema}.${table} (county, id, person_id, starts_on, recorded_at)
    values (\${row.county}, \${row.id}, \${row.personId}, \${row.startsOn}, \${row.recordedAt})\`.execute(tx)
}

export async function list${Type}s(db: Db, county: string, personId: string): Promise<${Type}Row[]> {
  const { rows } = await sql<${Type}Row>\`
    select id, person_id, starts_on from ${pgSchema}.${table}
     where county = \${county} and person_id = \${personId}
     order by starts_on, id\`.execute(db)
  return rows
}
`
}

function actions({ Type, value, concept, schema: pgSchema, table }: Names): string {
  return `import { command, type Ctx } from '../../platform/command.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { insert${Type} } from './${concept}.db.ts'
import { ${Type} } from './${concept}.schema.ts'

export const record${Type} = command({
  event: '${pgSchema}.${table}.recorded',
  permission: '${pgSchema}.${table}.record',
  input: ${Type},
  run: async (ctx: Ctx, ${value}) => {
    const id = uuidv7()
    await insert${Type}(ctx.tx, { ...${value}, id, county: ctx.county, recordedAt: await ctx.recordedAt() })
    return { id }
  },
  subject: ({ personId }, { id }) => ({ id, personId }),
})
`
}

async function main(args: readonly string[]): Promise<number> {
  const [domain, concept, ...extra] = args.filter((arg) => !arg.startsWith('--'))
  const isKnown = args.every((arg) => !arg.startsWith('--') || arg === '--write')
  if (!domain || !concept || extra.length > 0 || !isKnown || !KEBAB.test(domain) || !KEBAB.test(concept)) {
    console.error(USAGE)
    return args.includes('--help') ? 0 : 2
  }
  for (const file of await domainFiles(domain, concept)) {
    if (args.includes('--write')) console.log(create(file))
    else console.log(`── ${file.path}\n${file.text}`)
  }
  console.log(
    `接着：server/migrations/ 建 schema ${snake(domain)} 与表；app.ts 的业务域清单加一行；docs/glossary.md 加词。`,
  )
  return 0
}

function create({ path, text }: NewFile): string {
  const target = resolve(import.meta.dirname, '..', path)
  if (existsSync(target)) return `已存在，未改动  ${path}`
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  return `已创建          ${path}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await main(process.argv.slice(2))
