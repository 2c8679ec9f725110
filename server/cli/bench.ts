import { benchCommand } from '../bench/index.ts'
import type { CliCommand } from './cli.ts'

const bench: CliCommand = {
  name: 'bench',
  summary:
    '性能：run-month 核算、raise 提标、cold 新库、linearity 规模、search 找人、http 开页，与同场的下限比较，报告倍数',
  usage:
    'bench run-month|raise|cold|linearity|search|http --people 1000000 --history 24 [--passes 3] [--pages person,desk] [--during-run] [--reuse] [--keep] [--json]',
  options: {
    people: { type: 'string' },
    history: { type: 'string' },
    passes: { type: 'string' },
    pages: { type: 'string' },
    keep: { type: 'boolean' },
    reuse: { type: 'boolean' },
    'during-run': { type: 'boolean' },
  },
  run: async ({ values, positionals }) => {
    const flags = Object.entries(values).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : [`--${name}`, String(value)],
    )
    return benchCommand([...positionals, ...flags])
  },
}

export const benchCommands: readonly CliCommand[] = [bench]
