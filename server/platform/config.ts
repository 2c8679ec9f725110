import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { readBackupSettings, type BackupSettings } from './backup/settings.ts'
import { readEnvironment } from './environment.ts'
import { readOutsideSettings, type OutsideSettings } from './outside-settings.ts'
import { readServiceSettings, type ServiceSettings } from './service-settings.ts'

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  MINBEN_VAR: z.string().default('var'),
  MINBEN_KEYS: z.string().optional(),
  MINBEN_DEMO: z.enum(['0', '1']).default('1'),
  MINBEN_TLS: z.enum(['0', '1']).default('0'),
  MINBEN_DRAFT_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  MINBEN_BACKUP: z.string().optional(),
  DATABASE_URL: z.string().optional(),
})

export interface Config {
  port: number
  host: string
  /** Working folder: database, files, seals, secrets of the roles. Not part of the code. */
  varDir: string
  /** The key ring lives outside the data directory and outside its backups. */
  keyFile: string
  demo: boolean
  /** Reached through TLS only: with our own certificate, or a proxy in front ends it. */
  isTls: boolean
  /** How long a draft that nobody came back to is kept. */
  draftDays: number
  databaseUrl: string | undefined
  backup: BackupSettings
  /** Undefined = nobody signs in by way of an outside provider. */
  outside: OutsideSettings | undefined
  /** How the service is run and watched. */
  service: ServiceSettings
}

/** Every environment variable, parsed once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const values = readEnvironment(Environment, env)
  const varDir = path.resolve(values.MINBEN_VAR)
  const service = readServiceSettings(env)
  mkdirSync(varDir, { recursive: true, mode: 0o700 })
  return {
    port: values.PORT,
    host: values.HOST,
    varDir,
    keyFile: path.resolve(values.MINBEN_KEYS ?? path.join(varDir, 'keys', 'keyring.json')),
    demo: values.MINBEN_DEMO === '1',
    isTls: values.MINBEN_TLS === '1' || service.tls !== undefined,
    draftDays: values.MINBEN_DRAFT_DAYS,
    databaseUrl: values.DATABASE_URL,
    backup: readBackupSettings(env, varDir),
    outside: readOutsideSettings(env),
    service,
  }
}
