/** Our own certificate. Renewed while the service runs: the files are read again when they change, or on SIGHUP. */
import { readFileSync, statSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import { invalid } from './platform/errors.ts'
import type { TlsFiles } from './platform/service-settings.ts'

interface Pair {
  cert: Buffer
  key: Buffer
}

export interface Certificate {
  createServer: (answer: RequestListener) => Server
  /** Takes over what the files hold now; a pair that does not fit is refused, and the one in use stays. */
  renew: () => void
  stop: () => void
}

const LOOK_MS = 10_000

/** Throws `platform.certificate_unusable`. `report` hears of each renewal, or why there was none. */
export function openCertificate(
  files: TlsFiles,
  report: (failure: unknown) => void,
  lookMs = LOOK_MS,
): Certificate {
  let pair = readPair(files)
  let seen = changedAt(files)
  const servers: TlsServer[] = []
  const renew = () => {
    seen = changedAt(files)
    try {
      pair = readPair(files)
    } catch (error) {
      return report(error)
    }
    for (const server of servers) server.setSecureContext(pair)
    report(undefined)
  }
  const timer = setInterval(() => {
    if (changedAt(files) !== seen) renew()
  }, lookMs)
  timer.unref()
  return {
    createServer: (answer) => {
      const server = createTlsServer({ ...pair, minVersion: 'TLSv1.2' }, answer)
      servers.push(server)
      // Both take requests alike; only the type tells them apart.
      return server as unknown as Server
    },
    renew,
    stop: () => clearInterval(timer),
  }
}

function readPair({ certFile, keyFile }: TlsFiles): Pair {
  try {
    const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
    createSecureContext(pair)
    return pair
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw invalid(
      'platform.certificate_unusable',
      `证书 ${certFile} 和私钥 ${keyFile} 不能用（${why}）：文件读不到、不是 PEM 格式，或两者不是一对。请换上正确的文件。`,
    )
  }
}

/** Both files are written one after the other: the later moment counts. */
function changedAt({ certFile, keyFile }: TlsFiles): string {
  return [certFile, keyFile].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0).join()
}
