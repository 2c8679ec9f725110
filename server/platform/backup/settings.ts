import path from 'node:path'
import { z } from 'zod'
import { readEnvironment, readSettingFile, wrongSetting } from '../environment.ts'

const Environment = z.object({
  MINBEN_BACKUP: z.string().optional(),
  MINBEN_BACKUP_HOUR: count(0, 23, 2),
  MINBEN_BACKUP_DAILY: count(1, 366, 7),
  MINBEN_BACKUP_WEEKLY: count(0, 520, 4),
  MINBEN_BACKUP_COPY: z.string().optional(),
  MINBEN_BACKUP_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  MINBEN_BACKUP_S3_REGION: z.string().default('us-east-1'),
  MINBEN_BACKUP_S3_KEY: z.string().optional(),
  MINBEN_BACKUP_S3_SECRET: z.string().optional(),
  MINBEN_BACKUP_S3_SECRET_FILE: z.string().optional(),
})
type Environment = z.infer<typeof Environment>

function count(least: number, most: number, fallback: number) {
  return z.coerce.number().int().min(least).max(most).default(fallback)
}

export interface BackupSettings {
  /** Undefined = nothing is archived and no copies are made (MINBEN_BACKUP=off). */
  folder: string | undefined
  /** Of the day in China, when the daily copy is due. */
  hour: number
  /** How many days, and how many weeks, keep their last copy. */
  keep: { daily: number; weekly: number }
  secondPlace: SecondPlaceSettings | undefined
}

export type SecondPlaceSettings = { kind: 'folder'; folder: string } | ({ kind: 's3' } & S3Settings)

export interface S3Settings {
  endpoint: string
  region: string
  bucket: string
  /** Without slashes at its ends; empty = the whole bucket. */
  prefix: string
  accessKey: string
  secret: string
}

export function readBackupSettings(env: NodeJS.ProcessEnv, varDir: string): BackupSettings {
  const values = readEnvironment(Environment, env)
  const { MINBEN_BACKUP: folder = path.join(varDir, 'backup') } = values
  return {
    folder: folder === 'off' ? undefined : path.resolve(folder),
    hour: values.MINBEN_BACKUP_HOUR,
    keep: { daily: values.MINBEN_BACKUP_DAILY, weekly: values.MINBEN_BACKUP_WEEKLY },
    secondPlace:
      values.MINBEN_BACKUP_COPY === undefined ? undefined : secondPlaceOf(values.MINBEN_BACKUP_COPY, values),
  }
}

/** A folder, or `s3://bucket/prefix` with its endpoint and credentials in the environment. */
export function readSecondPlace(address: string, env: NodeJS.ProcessEnv = process.env): SecondPlaceSettings {
  return secondPlaceOf(address, readEnvironment(Environment, env))
}

function secondPlaceOf(address: string, values: Environment): SecondPlaceSettings {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(address) ?? []
  if (bucket === undefined) return { kind: 'folder', folder: path.resolve(address) }
  const { MINBEN_BACKUP_S3_ENDPOINT: endpoint, MINBEN_BACKUP_S3_KEY: accessKey } = values
  const secret = secretOf(values)
  if (!endpoint || !accessKey || !secret) {
    throw wrongSetting(
      '用 s3:// 地址，还要设 MINBEN_BACKUP_S3_ENDPOINT、MINBEN_BACKUP_S3_KEY 和 MINBEN_BACKUP_S3_SECRET_FILE（或 MINBEN_BACKUP_S3_SECRET）',
    )
  }
  const region = values.MINBEN_BACKUP_S3_REGION
  return { kind: 's3', endpoint, region, bucket, prefix: prefix.replace(/^\/+|\/+$/g, ''), accessKey, secret }
}

function secretOf({
  MINBEN_BACKUP_S3_SECRET: secret,
  MINBEN_BACKUP_S3_SECRET_FILE: file,
}: Environment): string | undefined {
  return file === undefined ? secret : readSettingFile('MINBEN_BACKUP_S3_SECRET_FILE', file)
}
