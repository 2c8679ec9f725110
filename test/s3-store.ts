import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
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
