import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AwsV4Signer } from 'aws4fetch'
import type { SecondPlaceSettings } from '../server/platform/backup/settings.ts'

/** A real server of the S3 protocol with a bucket named `county`. */
export interface Store {
  settings: (prefix: string) => Extract<SecondPlaceSettings, { kind: 's3' }>
  close: () => void
}

export async function openStore(): Promise<Store> {
  const disk = mkdtempSync(path.join(tmpdir(), 'minben-s3-'))
  const program = createRequire(import.meta.url).resolve('s3rver/bin/s3rver.js')
  const served = ['-d', disk, '-a', '127.0.0.1', '-p', '0', '--configure-bucket', 'county']
  // The tokens with which it goes on to the next page are made by a cipher that OpenSSL 3 has put aside.
  const args = ['--openssl-legacy-provider', program, ...served]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const endpoint = await new Promise<string>((resolve, reject) => {
    let told = ''
    child.once('exit', () => reject(new Error(`the store ended: ${told}`)))
    child.stdout.on('data', (bytes: Buffer) => {
      told += bytes.toString()
      const [, address] = /listening on (\S+:\d+)/.exec(told) ?? []
      if (address) resolve(`http://${address}`)
    })
  })
  return {
    settings: (prefix) => ({
      ...{ kind: 's3', endpoint, region: 'us-east-1', bucket: 'county', prefix },
      ...{ accessKey: 'S3RVER', secret: 'S3RVER' },
    }),
    close: () => {
      child.kill()
      rmSync(disk, { recursive: true, force: true })
    },
  }
}

/** In front of a store: it takes any signature of the fourth version, this checks it as the others on the market do. */
export async function openStrictFront(store: Store): Promise<{ endpoint: string; close: () => void }> {
  const { endpoint, accessKey, secret } = store.settings('')
  const front = createServer((asked, answer) => {
    void signatureOf(asked, { accessKeyId: accessKey, secretAccessKey: secret }).then((right) => {
      if (asked.headers.authorization !== right) {
        answer.writeHead(403, { 'content-type': 'application/xml' })
        return answer.end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
      }
      const { method, headers, url } = asked
      const passed = request(`${endpoint}${url}`, { method, headers }, (got) => {
        answer.writeHead(got.statusCode ?? 500, got.headers)
        got.pipe(answer)
      })
      return asked.pipe(passed)
    })
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const { port } = front.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      front.closeAllConnections()
      front.close()
    },
  }
}

async function signatureOf(
  { method = 'GET', url, headers }: IncomingMessage,
  keys: { accessKeyId: string; secretAccessKey: string },
): Promise<string | null> {
  const signed = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-'))
  const signer = new AwsV4Signer({
    ...{ ...keys, method, url: `http://${headers.host}${url}`, region: 'us-east-1', service: 's3' },
    headers: signed.map(([name, value]): [string, string] => [name, String(value)]),
  })
  return (await signer.sign()).headers.get('authorization')
}
