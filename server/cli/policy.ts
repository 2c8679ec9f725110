import { readFileSync } from 'node:fs'
import { commands } from '../app.ts'
import { listLaw, readPolicy, type RateRow } from '../engines/benefits/index.ts'
import { formatYuan } from '../platform/money.ts'
import { actingAs, AS_OPTIONS, option, required, UsageError, withDeps, type CliCommand } from './cli.ts'

const load: CliCommand = {
  name: 'policy load',
  summary: '导入政策文件（待发布），列出将改变的标准；由另一人 policy publish 发布',
  usage: 'policy load 文件 --as 登录名',
  options: AS_OPTIONS,
  words: 1,
  run: async ({ values, positionals, say, json }) => {
    const text = readFileSync(fileOf(positionals), 'utf8')
    return actingAs(values, async ({ deps, county, does }) => {
      for (const line of await differences(text, () => listLaw(deps.database.app, county))) say(line)
      const loaded = await does(commands.loadPolicy, { text })
      say(
        `已导入“${loaded.title}”，标准 ${loaded.rates} 条、设置 ${loaded.settings} 条，待另一人发布：minben policy publish ${loaded.policyId} --as 复核人`,
      )
      json(loaded)
      return 0
    })
  },
}

const publish: CliCommand = {
  name: 'policy publish',
  summary: '由第二人发布已导入的政策文件；下一次核算自动算出补发',
  usage: 'policy publish 编号 --as 登录名',
  options: AS_OPTIONS,
  words: 1,
  run: async ({ values, positionals, say, json }) => {
    const [policyId] = positionals
    if (policyId === undefined) throw new UsageError('请写明政策文件编号')
    return actingAs(values, async ({ does }) => {
      const published = await does(commands.publishPolicy, { policyId })
      say('已发布。')
      json(published)
      return 0
    })
  },
}

const diff: CliCommand = {
  name: 'policy diff',
  summary: '比较政策文件与现行标准，不改变任何数据',
  usage: 'policy diff 文件 --county 441882',
  options: { county: option('区划代码', '与哪个县的现行标准比较') },
  words: 1,
  run: async ({ values, positionals, say, json }) => {
    const text = readFileSync(fileOf(positionals), 'utf8')
    const county = required(values, 'county')
    return withDeps(async (deps) => {
      const lines = await differences(text, () => listLaw(deps.database.app, county))
      for (const line of lines) say(line)
      if (lines.length === 0) say('与现行标准一致。')
      json({ differences: lines })
      return lines.length === 0 ? 0 : 1
    })
  },
}

function fileOf([file]: readonly string[]): string {
  if (file === undefined) throw new UsageError('请写明政策文件')
  return file
}

async function differences(text: string, readLaw: () => Promise<{ rates: RateRow[] }>): Promise<string[]> {
  const draft = readPolicy(text)
  const { rates } = await readLaw()
  return draft.rates.flatMap((rate) => {
    const from = rate.from.slice(0, 7)
    const now = rates.find(
      (each) =>
        each.area === draft.area &&
        each.program === rate.program &&
        each.item === rate.item &&
        each.whenKey === rate.whenKey &&
        each.fromMonth <= from &&
        (each.toMonth === null || from < each.toMonth),
    )
    const [before, after] = [valueText(now), valueText(rate)]
    if (before === after) return []
    return [`${rate.program} ${rate.item}（${rate.whenKey || '不分类'}）自 ${from}：${before} → ${after}`]
  })
}

function valueText(
  rate: { fen: number | null; percent: string | null; factor: string | null } | undefined,
): string {
  if (!rate) return '无'
  if (rate.fen !== null) return `${formatYuan(rate.fen)} 元`
  return rate.percent === null ? `${rate.factor ?? ''} 倍` : `${rate.percent}%`
}

export const policyCommands: readonly CliCommand[] = [load, publish, diff]
