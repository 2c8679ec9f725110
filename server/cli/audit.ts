import type { CliCommand } from './cli.ts'

export const auditCommands: readonly CliCommand[] = []
