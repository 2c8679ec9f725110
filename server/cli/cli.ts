import { parseArgs, type ParseArgsConfig } from 'node:util'
import { getActor, type Actor } from '../platform/access.ts'
import { findInstallation } from '../platform/account.db.ts'
import { execute, type Command, type Deps } from '../platform/command.ts'
import { readConfig } from '../platform/config.ts'
import { conflict } from '../platform/errors.ts'
import { openDeps } from '../platform/install.ts'
import { randomUUID } from 'node:crypto'
import { ROLES } from '../roles.ts'

export type Options = NonNullable<ParseArgsConfig['options']>
export type Values = Record<string, string | boolean | undefined>

/** One command of the line: how it is called, what it does, exit code 0 done, 1 finding, 2 usage. */
export interface CliCommand {
  name: string
  summary: string
  usage: string
  options: Options
  run: (call: CliCall) => Promise<number>
}

export interface CliCall {
  values: Values
  positionals: readonly string[]
  /** For people; silent with --json. */
  say: (text: string) => void
  /** For machines; silent without --json. */
  json: (value: unknown) => void
}

export const COMMON: Options = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
}

export class UsageError extends Error {}

export function parseCall(command: CliCommand, args: string[]): { values: Values; positionals: string[] } {
  try {
    const parsed = parseArgs({ args, options: { ...COMMON, ...command.options }, allowPositionals: true })
    return { values: parsed.values as Values, positionals: parsed.positionals }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

export function required(values: Values, name: string): string {
  const value = values[name]
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError(`缺少 --${name}`)
}

export function numberOf(values: Values, name: string, fallback?: number): number {
  const text = values[name]
  if (text === undefined && fallback !== undefined) return fallback
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new UsageError(`--${name} 应为正整数`)
}

/** Opens the database (starting the embedded one when no server runs) for the length of one command. */
export async function withDeps<Result>(work: (deps: Deps) => Promise<Result>): Promise<Result> {
  const deps = await openDeps(readConfig(), ROLES)
  try {
    return await work(deps)
  } finally {
    await deps.close()
  }
}

export interface ActingAs {
  deps: Deps
  actor: Actor
  county: string
  does: <Input, Result>(definition: Command<Input, Result>, input: unknown) => Promise<Result>
}

export const AS_OPTIONS: Options = {
  as: { type: 'string' },
  county: { type: 'string' },
  key: { type: 'string' },
}

/** Acts as the account named by --as, in --county or the county of the account. */
export async function actingAs<Result>(
  values: Values,
  work: (acting: ActingAs) => Promise<Result>,
): Promise<Result> {
  const login = required(values, 'as')
  return withDeps(async (deps) => {
    const actor = await getActor(deps.database.app, login)
    const county = typeof values.county === 'string' ? values.county : (actor.scope[0] ?? '').slice(0, 6)
    const idempotencyKey = typeof values.key === 'string' ? values.key : randomUUID()
    const does: ActingAs['does'] = async (definition, input) => {
      await requireWhole(deps)
      return execute(deps, definition, { actor, county, input, idempotencyKey })
    }
    return work({ deps, actor, county, does })
  })
}

/** As in the office: what is changed while a demonstration loads would change the months to come. */
async function requireWhole({ database }: Deps): Promise<void> {
  const installation = await findInstallation(database.app)
  if (!installation?.isDemo || installation.loadedAt !== null) return
  throw conflict('platform.demo_loading', '演示数据还没有载完，本次没有办。请等服务窗口里说全部载入后再办。')
}

/** A line that overwrites itself on a terminal and stays quiet elsewhere. */
export function progressLine(say: (text: string) => void): (text: string) => void {
  if (!process.stderr.isTTY) return () => {}
  void say
  return (text) => process.stderr.write(`\r\x1b[K${text}`)
}
