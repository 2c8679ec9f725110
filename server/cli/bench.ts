import { benchCommand } from '../bench/index.ts'
import { flag, option, type CliCommand } from './cli.ts'

const bench: CliCommand = {
  name: 'bench',
  summary:
    '性能：run-month 核算、raise 提标、cold 新库、linearity 规模、search 找人、http 开页，与同场的下限比较，报告倍数',
  usage:
    'bench run-month|raise|cold|linearity|search|http --people 1000000 --history 24 [--passes 3] [--pages person,desk] [--during-run] [--reuse] [--keep] [--json]',
  options: {
    people: option('人数', '多少人'),
    history: option('月数', '已有多少个月'),
    passes: option('遍数', '量几遍'),
    pages: option('名称', 'http 只量这些页，逗号隔开'),
    keep: flag('量完留着数据目录'),
    reuse: flag('用上次留着的数据目录'),
    'during-run': flag('http 在核算的同时量'),
  },
  words: 1,
  run: async ({ values, positionals }) => {
    const flags = Object.entries(values).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : [`--${name}`, String(value)],
    )
    return benchCommand([...positionals, ...flags])
  },
}

export const benchCommands: readonly CliCommand[] = [bench]
