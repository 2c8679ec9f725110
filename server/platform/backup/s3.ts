/** The few requests of the S3 protocol that a second place needs; the signing is aws4fetch's. */
import { createWriteStream, openAsBlob } from 'node:fs'
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AwsClient } from 'aws4fetch'
import { makeFolder, UNFINISHED } from './folder.ts'
import { unusable, type SecondPlace } from './place.ts'
import type { S3Settings } from './settings.ts'

const RETRIES = 3

export function bucketOf(settings: S3Settings): SecondPlace {
  const client = new AwsClient({
    accessKeyId: settings.accessKey,
    secretAccessKey: settings.secret,
    region: settings.region,
    service: 's3',
    retries: RETRIES,
  })
  const bucket = bucketUrl(settings)
  const keyOf = (name: string) => (settings.prefix === '' ? name : `${settings.prefix}/${name}`)
  const ask = async (url: string, init: RequestInit = {}) => {
    const answer = await client.fetch(url, init).catch((error: unknown) => {
      throw unusable(`连不上 ${settings.endpoint}（${causeOf(error)}）`)
    })
    if (answer.ok) return answer
    const code = codeOf(await answer.text())
    throw unusable(`${settings.endpoint} 答复 ${answer.status} ${code}${MEANINGS[code] ?? ''}`)
  }
  return {
    list: () => listAll((query) => ask(`${bucket}?${query}`), keyOf('')),
    put: async (name, file) => {
      const body = await openAsBlob(file)
      const answer = await ask(`${bucket}/${keyOf(name)}`, { method: 'PUT', body })
      await answer.arrayBuffer()
    },
    get: async (name, file) => {
      const { body } = await ask(`${bucket}/${keyOf(name)}`)
      if (!body) throw unusable(`${name} 没有内容`)
      await makeFolder(path.dirname(file))
      await pipeline(
        Readable.from(body),
        createWriteStream(`${file}${UNFINISHED}`, { mode: 0o600, flush: true }),
      )
      await rename(`${file}${UNFINISHED}`, file)
    },
    remove: async (name) => {
      await (await ask(`${bucket}/${keyOf(name)}`, { method: 'DELETE' })).arrayBuffer()
    },
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  SignatureDoesNotMatch: '（密钥不对，请核对 MINBEN_BACKUP_S3_SECRET_FILE）',
  InvalidAccessKeyId: '（没有这个访问账号，请核对 MINBEN_BACKUP_S3_KEY）',
  AccessDenied: '（这个访问账号没有权限，要能列出、读、写、删）',
  NoSuchBucket: '（没有这个桶，请核对 s3:// 地址）',
  NoSuchKey: '（少了一个文件）',
  RequestTimeTooSkewed: '（两边时钟相差太多，请校准本机时钟）',
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return cause instanceof Error ? cause.message : String(cause)
}

/** `https://bucket.host` is taken as it is; otherwise the bucket goes into the path. */
function bucketUrl({ endpoint, bucket }: S3Settings): string {
  const url = new URL(endpoint)
  const base = url.toString().replace(/\/+$/, '')
  return url.hostname.startsWith(`${bucket}.`) ? base : `${base}/${bucket}`
}

async function listAll(
  ask: (query: URLSearchParams) => Promise<Response>,
  prefix: string,
): Promise<Map<string, number>> {
  const files = new Map<string, number>()
  let token: string | undefined
  do {
    const query = new URLSearchParams({ 'list-type': '2', prefix })
    if (token !== undefined) query.set('continuation-token', token)
    const page = await (await ask(query)).text()
    for (const [, entry = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs))
      files.set((textOf(entry, 'Key') ?? '').slice(prefix.length), Number(textOf(entry, 'Size')))
    token = textOf(page, 'IsTruncated') === 'true' ? textOf(page, 'NextContinuationToken') : undefined
  } while (token !== undefined)
  return files
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function textOf(xml: string, tag: string): string | undefined {
  const [, text] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(xml) ?? []
  return text?.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

/** The code alone: the rest may quote what was sent. */
function codeOf(body: string): string {
  return textOf(body, 'Code') ?? ''
}
