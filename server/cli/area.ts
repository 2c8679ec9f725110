import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { commands } from '../app.ts'
import { invalid } from '../platform/errors.ts'
import { actingAs, AS_OPTIONS, UsageError, type CliCommand } from './cli.ts'

const load: CliCommand = {
  name: 'area load',
  summary: '录入区划（县、乡镇、村）：给账号定管辖地区、导入名册之前先办；已有的不变，可以重复执行',
  usage: 'area load 文件.csv或.json --as 登录名',
  options: AS_OPTIONS,
  words: 1,
  run: async ({ values, positionals: [file], say, json }) => {
    if (file === undefined) throw new UsageError('请写明区划文件')
    const text = readFileSync(file, 'utf8')
    const areas = file.endsWith('.json') ? areasOfJson(text) : areasOfLines(text)
    return actingAs(values, async ({ does }) => {
      const done = { recorded: 0, unchanged: 0 }
      for (let at = 0; at < areas.length; at += AT_ONCE) {
        const part = await does(commands.recordAreas, { areas: areas.slice(at, at + AT_ONCE) })
        done.recorded += part.recorded
        done.unchanged += part.unchanged
      }
      say(`录入区划 ${done.recorded} 个，原有未变 ${done.unchanged} 个。`)
      json(done)
      return 0
    })
  },
}

const AT_ONCE = 1000

interface AreaLine {
  code: string
  name: string
  level: string
  parent: string | null
  from: string | null
}

const Rows = z.array(
  z.object({
    code: z.string(),
    name: z.string(),
    level: z.string(),
    parent: z.string().nullable(),
    validFrom: z.iso.date(),
    validTo: z.iso.date().nullable(),
  }),
)
/** In files of areas this day stands for "always" (areas/README.md). */
const ALWAYS = '1949-10-01'

/** As areas/*.json. An area that has ended is no place of today. */
function areasOfJson(text: string): AreaLine[] {
  const rows = Rows.safeParse(jsonOf(text))
  if (!rows.success)
    throw invalid(
      'platform.area_file',
      '区划文件的写法不对，没有录入。请照 areas/README.md 的说明，或改用每行“代码,名称”的 csv。',
    )
  return rows.data
    .filter(({ validTo }) => validTo === null)
    .map(({ validFrom, validTo: _, ...area }) => ({ ...area, from: validFrom === ALWAYS ? null : validFrom }))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const LINE = /^"?(\d+)"?\s*[,，\t]\s*"?([^",，\t]+)"?$/
/** Digits of a code → what it is; the one above has the digits before it. */
const LEVELS: Readonly<Record<number, string>> = {
  ...{ 2: 'province', 4: 'city', 6: 'county', 9: 'township', 12: 'village' },
}
const LENGTHS = [2, 4, 6, 9, 12]

function areasOfLines(text: string): AreaLine[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  return lines.flatMap((line, index) => {
    const [, code, name] = LINE.exec(line.trim()) ?? []
    const isHeading = index === 0 && !/^"?\d/.test(line)
    if (isHeading || line.trim() === '') return []
    if (code !== undefined && name !== undefined && LENGTHS.includes(code.length))
      return [areaOf(code, name.trim())]
    throw invalid(
      'platform.area_file',
      `第 ${index + 1} 行应为“代码,名称”，代码 2、4、6、9 或 12 位（省、市、县、乡镇、村）。没有录入，请改正后再执行。`,
    )
  })
}

function areaOf(code: string, name: string): AreaLine {
  if (code === '00') return { code, name, level: 'nation', parent: null, from: null }
  const above = LENGTHS[LENGTHS.indexOf(code.length) - 1]
  const isCommunity = code.length === 12 && /(?:社区|居委会|居民委员会)$/.test(name)
  const level = isCommunity ? 'community' : (LEVELS[code.length] ?? '')
  return { code, name, level, parent: above === undefined ? '00' : code.slice(0, above), from: null }
}

export const areaCommands: readonly CliCommand[] = [load]
