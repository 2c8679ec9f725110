import { figureSets } from '../app.ts'
import { listRuns } from '../engines/benefits/index.ts'
import { answerFigures } from '../engines/indicators/index.ts'
import { verifyAudit } from '../platform/audit-verify.ts'
import type { Deps } from '../platform/command.ts'
import { readConfig, type Config } from '../platform/config.ts'
import { countiesIn } from '../platform/counties.db.ts'
import { openCluster } from '../platform/database.ts'
import { openDeps } from '../platform/install.ts'
import { copyDatabase, requireQuiet, requireTarget, type MovedTable } from '../platform/move.ts'
import { markMoved } from '../platform/moved.ts'
import { ROLES } from '../roles.ts'
import {
  option,
  progressLine,
  requireDatabase,
  required,
  UsageError,
  type CliCall,
  type CliCommand,
} from './cli.ts'

const move: CliCommand = {
  name: 'move',
  summary:
    '把数据库搬到外部 PostgreSQL（15 或更新，可以是分布式的协调节点），逐行比对，核对统计数字和操作记录',
  usage: 'move --to postgres://… [--json]',
  options: { to: option('网址', '新库，如 postgres://账号:密码@主机:5432/minben') },
  run: async ({ values, say, json }) => {
    const to = addressOf(required(values, 'to'))
    const config = readConfig()
    requireDatabase(config)
    const { adminUrl, server } = await openCluster(config)
    try {
      await requireQuiet(adminUrl)
      await requireTarget(to)
      const moved = await moveOpened(config, { adminUrl, to }, say)
      json(moved)
      return moved.isSame ? 0 : 1
    } finally {
      if (server && !server.attached) await server.stop()
    }
  },
}

function addressOf(text: string): string {
  const { protocol, pathname } = URL.canParse(text) ? new URL(text) : { protocol: '', pathname: '' }
  if (/^postgres(?:ql)?:$/.test(protocol) && pathname.length > 1) return text
  throw new UsageError('--to 应如 postgres://账号:密码@主机:5432/数据库名')
}

interface Moved {
  tables: number
  rows: number
  figures: number
  isSame: boolean
}

async function moveOpened(
  config: Config,
  { adminUrl, to }: { adminUrl: string; to: string },
  say: CliCall['say'],
): Promise<Moved> {
  const before = await openDeps(config, ROLES)
  const after = await openDeps({ ...config, databaseUrl: to }, ROLES).catch(async (error: unknown) => {
    await before.close()
    throw error
  })
  try {
    const show = progressLine(say)
    const tables = await copyDatabase({
      ...{ from: adminUrl, to },
      onProgress: ({ table, index, total }) => show(`${index + 1}/${total} ${table}`),
    })
    show('')
    const moved = await compare(before, after, tables)
    for (const line of movedText(moved, new URL(to).host)) say(line)
    if (moved.isSame && config.databaseUrl === undefined) markMoved(config.varDir, new URL(to).host)
    return moved
  } finally {
    await after.close()
    await before.close()
  }
}

/** Every row is equal already; that the programme reads them as before is asked once more. */
async function compare(before: Deps, after: Deps, tables: readonly MovedTable[]): Promise<Moved> {
  const [figures, figuresThere] = [await figuresOf(before), await figuresOf(after)]
  const audit = await verifyAudit(after)
  return {
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    figures: figures.length,
    isSame: audit.ok && JSON.stringify(figures) === JSON.stringify(figuresThere),
  }
}

/** What each county answers of its last month paid, and of all its months. */
async function figuresOf({ database }: Deps): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const county of await countiesIn(database.runner, 'benefits.run')) {
    const runs = (await listRuns(database.runner, county)).filter(({ status }) => status === 'published')
    const months = runs.map(({ month }) => month).sort()
    const [from, to] = [months[0], months.at(-1)]
    if (from === undefined || to === undefined) continue
    const answer = { county, kind: 'as_of', month: to } as const
    answers.push(...(await answerFigures(database.runner, figureSets, answer)))
    const period = { county, kind: 'period', from, to } as const
    answers.push(...(await answerFigures(database.runner, figureSets, period)))
  }
  return answers
}

function movedText({ tables, rows, figures, isSame }: Moved, host: string): string[] {
  const counted = `已搬 ${tables} 张表 ${rows} 行到 ${host}，逐行比对相同；统计数字 ${figures} 项`
  if (!isSame)
    return [
      `${counted}，但统计数字或操作记录的核验与搬之前不同。请不要启用新库，原库没有改动，可以照旧使用。`,
    ]
  return [
    `${counted}全部相同，操作记录核验完好。`,
    '下一步：设置 DATABASE_URL 指向新库（其余不变：同一个数据目录、同一个密钥文件），再启动服务。',
    '原来的数据库留在数据目录里，已标明迁走，不会再被误用；新库的备份由它的管理员负责。',
  ]
}

export const moveCommands: readonly CliCommand[] = [move]
