import path from 'node:path'
import { z } from 'zod'
import { readEnvironment, readSettingFile } from './environment.ts'
import { invalid } from './errors.ts'

/** From when on the service says that something is not well. */
export interface HealthLimits {
  /** Free space of the data directory: below it the service is not ready, and below the other it says so. */
  diskLowMib: number
  diskNoteMib: number
  /** How far the clocks of this machine and of the database may be apart, and the clock behind what was recorded. */
  clockSeconds: number
  /** How long an audit row may wait for its seal. */
  sealMinutes: number
  /** How long a job that is due may wait, and how long one may run. */
  jobWaitingMinutes: number
  jobRunningMinutes: number
}

export interface TlsFiles {
  certFile: string
  keyFile: string
}

export interface LogSettings {
  /** auto = unless standard output is a terminal, where people read. */
  toStdout: 'auto' | 'on' | 'off'
  file: string | undefined
  /** A file is closed and compressed at this size, and every day. */
  fileMib: number
  /** How many closed ones are kept. */
  files: number
}

export interface ServiceSettings {
  /** Our own certificate; undefined = plain HTTP, for this machine or for a proxy in front. */
  tls: TlsFiles | undefined
  /** Undefined = /metrics answers this machine alone. */
  metricsToken: string | undefined
  log: LogSettings
  limits: HealthLimits
}

function whole(least: number, usual: number) {
  return z.coerce.number().int().min(least).default(usual)
}

const Environment = z.object({
  MINBEN_TLS_CERT: z.string().optional(),
  MINBEN_TLS_KEY: z.string().optional(),
  MINBEN_METRICS_TOKEN: z.string().optional(),
  MINBEN_METRICS_TOKEN_FILE: z.string().optional(),
  MINBEN_LOG: z.enum(['auto', 'on', 'off']).default('auto'),
  MINBEN_LOG_FILE: z.string().optional(),
  MINBEN_LOG_FILE_MB: whole(1, 20),
  MINBEN_LOG_FILES: whole(1, 60),
  MINBEN_DISK_LOW_MB: whole(0, 1024),
  MINBEN_DISK_NOTE_MB: whole(0, 5120),
  MINBEN_CLOCK_SECONDS: whole(1, 60),
  MINBEN_SEAL_MINUTES: whole(1, 10),
  MINBEN_JOB_WAITING_MINUTES: whole(1, 10),
  MINBEN_JOB_RUNNING_MINUTES: whole(1, 120),
})

const SHORTEST_TOKEN = 16

/** How the service is run and watched. Half a configuration stops the start. */
export function readServiceSettings(env: NodeJS.ProcessEnv): ServiceSettings {
  const values = readEnvironment(Environment, env)
  const { MINBEN_TLS_CERT: certFile, MINBEN_TLS_KEY: keyFile } = values
  if (Boolean(certFile) !== Boolean(keyFile))
    throw faulty('MINBEN_TLS_CERT 和 MINBEN_TLS_KEY 要一起设：一个是证书文件，一个是它的私钥文件')
  const tokenFile = values.MINBEN_METRICS_TOKEN_FILE
  const token = tokenFile
    ? readSettingFile('MINBEN_METRICS_TOKEN_FILE', tokenFile)
    : values.MINBEN_METRICS_TOKEN
  if (token !== undefined && token.length < SHORTEST_TOKEN)
    throw faulty(`MINBEN_METRICS_TOKEN 太短：至少 ${SHORTEST_TOKEN} 个字符`)
  return {
    tls:
      certFile && keyFile ? { certFile: path.resolve(certFile), keyFile: path.resolve(keyFile) } : undefined,
    metricsToken: token,
    log: {
      toStdout: values.MINBEN_LOG,
      file: values.MINBEN_LOG_FILE === undefined ? undefined : path.resolve(values.MINBEN_LOG_FILE),
      fileMib: values.MINBEN_LOG_FILE_MB,
      files: values.MINBEN_LOG_FILES,
    },
    limits: {
      diskLowMib: values.MINBEN_DISK_LOW_MB,
      diskNoteMib: values.MINBEN_DISK_NOTE_MB,
      clockSeconds: values.MINBEN_CLOCK_SECONDS,
      sealMinutes: values.MINBEN_SEAL_MINUTES,
      jobWaitingMinutes: values.MINBEN_JOB_WAITING_MINUTES,
      jobRunningMinutes: values.MINBEN_JOB_RUNNING_MINUTES,
    },
  }
}

function faulty(why: string) {
  return invalid('platform.service_settings', `${why}。请改正后重新启动。`)
}
