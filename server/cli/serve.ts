import type { CliCommand } from './cli.ts'

export const serveCommands: readonly CliCommand[] = []
