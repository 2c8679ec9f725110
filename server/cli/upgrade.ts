import { backfills } from '../backfills.ts'
import { MIGRATION_TITLES } from '../migration-titles.ts'
import { runBackfills } from '../platform/backfill.ts'
import { distributeTables } from '../platform/placement.ts'
import { readConfig } from '../platform/config.ts'
import { openDeps } from '../platform/install.ts'
import { checkUpgrade, type UpgradeFinding, type UpgradeReport } from '../platform/upgrade-check.ts'
import { DURATION_TITLES } from '../platform/upgrade.rules.ts'
import { ROLES } from '../roles.ts'
import { flag, progressLine, requireDatabase, UsageError, type CliCommand } from './cli.ts'

const upgrade: CliCommand = {
  name: 'upgrade',
  summary: '升级之前先看会做什么：待执行的迁移、耗时、后台整理、磁盘、备份、密钥；什么都不改',
  usage: 'upgrade --check [--json]',
  options: { check: flag('只检查，什么都不改') },
  run: async ({ values, say, json }) => {
    if (values.check !== true) throw new UsageError('请写 --check 检查；检查通过后用 minben migrate 升级')
    const report = await checkUpgrade(readConfig(), backfills)
    for (const line of reportText(report)) say(line)
    json({
      ...report,
      pending: report.pending.map((each) => ({ ...each, title: MIGRATION_TITLES[each.name] ?? each.name })),
    })
    return report.isReady ? 0 : 1
  },
}

const SIGNS: Readonly<Record<UpgradeFinding['state'], string>> = {
  ok: '  可以',
  attention: '  注意',
  blocked: '  不行',
}

function reportText({ isReady, program, pending, backfills: open, findings }: UpgradeReport): string[] {
  return [
    `程序版本 ${program}。${pending.length === 0 ? '没有待执行的迁移。' : `待执行的迁移 ${pending.length} 项：`}`,
    ...pending.map(
      ({ name, tables, duration }) =>
        `  ${name.slice(0, 4)} ${MIGRATION_TITLES[name] ?? name}：约${DURATION_TITLES[duration]}${tables.length === 0 ? '' : `（涉及 ${tables.join('、')}）`}`,
    ),
    ...open.map(({ title, rows }) => `启动后在后台整理：${title}，约 ${Math.round(rows)} 行，不影响办理。`),
    ...findings.map(
      ({ state, text, code }) => `${SIGNS[state]}  ${text}${state === 'ok' ? '' : `（${code}）`}`,
    ),
    isReady
      ? '可以升级：停掉服务，执行 minben migrate，再启动。'
      : '现在不要升级：请先处理标着“不行”的各项。',
  ]
}

const migrateCommand: CliCommand = {
  name: 'migrate',
  summary: '升级数据库：执行尚未执行的迁移，办完后台整理；中断后再执行一次会接着办',
  usage: 'migrate [--json]',
  options: {},
  run: async ({ say, json }) => {
    const config = readConfig()
    requireDatabase(config)
    const deps = await openDeps(config, ROLES)
    try {
      say('数据库结构已是最新。')
      const placed = await distributeTables(deps.database.adminUrl)
      if (placed > 0) say(`已把 ${placed} 张表按县分布到各节点。`)
      const show = progressLine(say)
      const rows = await runBackfills(deps, backfills, {
        onProgress: ({ title, county, rows: done }) => show(`${title} ${county}：${done} 条`),
      })
      show('')
      if (rows > 0) say(`后台整理已完成：${rows} 条。`)
      json({ status: 'current', distributed: placed, backfilled: rows })
      return 0
    } finally {
      await deps.close()
    }
  },
}

export const upgradeCommands: readonly CliCommand[] = [upgrade, migrateCommand]
