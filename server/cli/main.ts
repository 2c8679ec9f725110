import { isAppError } from '../platform/errors.ts'
import { COMMON, parseCall, UsageError, type CliCommand } from './cli.ts'
import { accountCommands } from './account.ts'
import { areaCommands } from './area.ts'
import { auditCommands } from './audit.ts'
import { backupCommands } from './backup.ts'
import { batchCommands } from './batch.ts'
import { benchCommands } from './bench.ts'
import { catalogueCommands } from './catalogue.ts'
import { demoCommands } from './demo.ts'
import { figuresCommands } from './figures.ts'
import { keysCommands } from './keys.ts'
import { moveCommands } from './move.ts'
import { peopleCommands } from './people.ts'
import { policyCommands } from './policy.ts'
import { runCommands } from './run.ts'
import { serveCommands } from './serve.ts'
import { systemFault } from './system-fault.ts'
import { supportCommands } from './support.ts'
import { upgradeCommands } from './upgrade.ts'

export const COMMANDS: readonly CliCommand[] = [
  ...serveCommands,
  ...upgradeCommands,
  ...moveCommands,
  ...accountCommands,
  ...areaCommands,
  ...demoCommands,
  ...runCommands,
  ...batchCommands,
  ...policyCommands,
  ...peopleCommands,
  ...figuresCommands,
  ...auditCommands,
  ...backupCommands,
  ...keysCommands,
  ...supportCommands,
  ...catalogueCommands,
  ...benchCommands,
]

/** Exit codes: 0 done, 1 a finding or a refusal, 2 wrong usage. */
export async function main(args: string[]): Promise<number> {
  const found = findCommand(args)
  if (!found) return showHelp(args)
  const { command, rest } = found
  try {
    const { values, positionals } = parseCall(command, rest)
    if (values.help === true) return explain(command)
    const isJson = values.json === true
    return await command.run({
      values,
      positionals,
      say: (text) => void (isJson || process.stdout.write(`${text}\n`)),
      json: (value) => void (isJson && process.stdout.write(`${JSON.stringify(value)}\n`)),
    })
  } catch (error) {
    return report(error, command)
  }
}

function findCommand(args: readonly string[]): { command: CliCommand; rest: string[] } | undefined {
  const words = args.slice(0, 2)
  const two = COMMANDS.find((command) => command.name === words.join(' '))
  if (two) return { command: two, rest: args.slice(2) }
  const one = COMMANDS.find((command) => command.name === words[0])
  return one && { command: one, rest: args.slice(1) }
}

function explain({ name, summary, usage, options }: CliCommand): number {
  const lines = Object.entries({ ...options, ...COMMON }).map(
    ([each, { value = '', text }]) => `  --${each}${value && ` ${value}`}  ${text}`,
  )
  process.stdout.write(
    `minben ${name} — ${summary}\n\n用法：minben ${usage}\n选项：\n${lines.join('\n')}\n退出码：0 完成，1 有问题或被拒绝，2 用法错误\n`,
  )
  return 0
}

function showHelp(args: readonly string[]): number {
  const isAsked = args.length === 0 || args.includes('--help') || args.includes('-h')
  if (!isAsked) process.stderr.write(`没有“${args.slice(0, 2).join(' ')}”这个命令。\n\n`)
  const width = Math.max(...COMMANDS.map((command) => command.name.length))
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`)
  process[isAsked ? 'stdout' : 'stderr'].write(
    `民本命令行。minben <命令> --help 查看用法。\n\n${lines.join('\n')}\n`,
  )
  return isAsked ? 0 : 2
}

function report(error: unknown, command: CliCommand): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n用法：minben ${command.usage}\n`)
    return 2
  }
  if (!isAppError(error)) return reportFault(error)
  process.stderr.write(`${error.message}（${error.code}）\n`)
  if (error.details) process.stderr.write(`${JSON.stringify(error.details, null, 1).slice(0, 4000)}\n`)
  return 1
}

function reportFault(error: unknown): number {
  const told = systemFault(error)
  if (told === undefined) throw error
  process.stderr.write(`${told}\n`)
  return 1
}
