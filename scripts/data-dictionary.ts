/** `npx tsx scripts/data-dictionary.ts` writes docs/data-dictionary.md from the comments of the migrated database. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openPool } from '../server/platform/db.ts'
import { startEmbedded } from '../server/platform/embedded-pg.ts'
import { ensureRoles, migrate, roleSecrets } from '../server/platform/migrate.ts'
import { readColumns, type ColumnRow } from './data-dictionary.db.ts'

export const DICTIONARY = path.resolve(import.meta.dirname, '../docs/data-dictionary.md')

const HEAD = `# 数据字典

由数据库里的注释生成（\`npx tsx scripts/data-dictionary.ts\`），与数据库不一致时测试不通过，请不要手改。

- 每张业务表都有 \`county\`（县），并在每个键的最前；另有乡镇、村的，行级权限按它们限制能看到哪些行。
- 两种时间：\`valid\` 是事情本身的起止，\`recorded_at\`、\`superseded_at\` 是系统何时知道、何时被取代。钱按“当时所知”核算，所以历史能重算。
- 金额都是整数分；月份是 \`YYYY-MM\`。证件号、账号、电话只存密文（\`_cipher\`）和带密钥的摘要（\`_hash\`、\`_tail\`），没有密钥文件读不出来。
- “全县共用”的表很小，分布式部署时每个节点一份；其余按县分布。
`

const SCHEMAS = [
  ['platform', '平台'],
  ['registry', '人员登记'],
  ['benefits', '待遇与核算'],
  ['funds', '资金'],
  ['imports', '名册导入'],
  ['social_assistance', '社会救助'],
  ['golive', '上线'],
  ['report', '统计用的视图'],
  ['public', '迁移记录'],
] as const

/** `schema.table.column`, or a table alone, that nobody has described. */
export function undescribed(columns: readonly ColumnRow[]): string[] {
  const tables = columns.filter(({ about }) => !about).map(({ table }) => table)
  const alone = columns.filter(({ meaning }) => !meaning).map(({ table, column }) => `${table}.${column}`)
  return [...new Set(tables), ...alone]
}

export function dictionaryOf(columns: readonly ColumnRow[]): string {
  const known = SCHEMAS.map(([schema]) => `${schema}.`)
  const other = columns.find(({ table }) => !known.some((schema) => table.startsWith(schema)))
  if (other) throw new Error(`${other.table}: its schema has no heading in this file`)
  const parts = SCHEMAS.map(([schema, title]) => {
    const own = columns.filter(({ table }) => table.startsWith(`${schema}.`))
    const tables = [...new Set(own.map(({ table }) => table))]
    const texts = tables.map((name) => tableText(own.filter(({ table }) => table === name)))
    return `\n## ${title} \`${schema}\`\n${texts.join('')}`
  })
  return HEAD + parts.join('')
}

function tableText(columns: readonly ColumnRow[]): string {
  const [first] = columns
  const about = (first?.about ?? '').replace(/^reference: /, '')
  // What follows the dash is for developers.
  const shared = first?.about?.startsWith('reference:') ? '（全县共用）' : ''
  const lines = columns.map(
    ({ column, type, isRequired, isKey, meaning }) =>
      `| \`${column}\` | ${type} | ${isKey ? '主键' : isRequired ? '必填' : ''} | ${meaning ?? ''} |`,
  )
  return `\n### ${first?.table ?? ''}\n\n${about.split(' — ')[0] ?? ''}${shared}\n\n| 列 | 类型 | | 含义 |\n|---|---|---|---|\n${lines.join('\n')}\n`
}

async function write(): Promise<void> {
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-dictionary-'))
  const server = await startEmbedded({ dataDir: path.join(varDir, 'pg'), password: 'dictionary' })
  const pool = openPool({ url: `postgres://postgres:dictionary@127.0.0.1:${server.port}/postgres`, max: 1 })
  try {
    const client = await pool.connect()
    await ensureRoles(client, roleSecrets(varDir))
    await migrate(client)
    client.release()
    writeFileSync(DICTIONARY, dictionaryOf(await readColumns(pool)))
  } finally {
    await pool.end()
    await server.stop()
    rmSync(varDir, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) await write()
