import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { mountOffice } from '../server/http-office.ts'
import { answerWaiting } from '../server/http-waiting.ts'

/** A free port, closed again. */
function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => found(port))
    })
  })
}

test('before the office can serve, its address tells how far it is, and escapes what it tells', async () => {
  const port = await freePort()
  const waiting = await answerWaiting({ host: '127.0.0.1', port })
  waiting.tell('装入 <b>三月</b>')
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not_ready', reasons: [{ code: 'platform.starting', text: '装入 <b>三月</b>' }], notes: [] },
  ])
  const page = await fetch(`http://127.0.0.1:${port}/office/runs`, { headers: { accept: 'text/html' } })
  const text = await page.text()
  expect([page.status, text.includes('&#60;b&#62;三月'), text.includes('<b>')]).toEqual([503, true, false])
  await waiting.stop()
  await expect(fetch(`http://127.0.0.1:${port}/readyz`)).rejects.toThrow()
})

function built(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'office-'))
  mkdirSync(path.join(folder, 'assets'))
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>民本</title>')
  writeFileSync(path.join(folder, 'assets', 'piece-1a2b.js'), 'export {}')
  return folder
}

test('pieces are kept for ever, the page is asked for again, and any address of the application is the page', async () => {
  const http = Fastify()
  await mountOffice(http, built())
  const asked = async (url: string) => {
    const { statusCode, headers, body } = await http.inject(url)
    return [statusCode, headers['cache-control'], body.slice(0, 15)]
  }
  expect(await asked('/office/')).toEqual([200, 'no-cache', '<!doctype html>'])
  expect(await asked('/office/runs/22')).toEqual([200, 'no-cache', '<!doctype html>'])
  expect(await asked('/office/assets/piece-1a2b.js')).toEqual([
    200,
    'public, max-age=31536000, immutable',
    'export {}',
  ])
  expect((await http.inject('/')).headers.location).toBe('/office/')
  expect((await http.inject('/office/../package.json')).body).not.toContain('minben')
  await http.close()
})

test('pages that nobody has built are said to be missing', async () => {
  const http = Fastify()
  await mountOffice(http, mkdtempSync(path.join(tmpdir(), 'office-')))
  const { statusCode, body } = await http.inject('/office/')
  expect([statusCode, body.includes('npm run build')]).toEqual([503, true])
  await http.close()
})

test('a piece travels packed to a browser that unpacks it, and as it is to any other', async () => {
  const folder = built()
  const piece = path.join(folder, 'assets', 'piece-1a2b.js')
  writeFileSync(`${piece}.gz`, gzipSync('export {}'))
  const http = Fastify()
  await mountOffice(http, folder)
  const asked = async (encoding: string) => {
    const headers = { 'accept-encoding': encoding }
    return http.inject({ url: '/office/assets/piece-1a2b.js', headers })
  }
  const packed = await asked('gzip')
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': expect.stringContaining('javascript'),
    'cache-control': 'public, max-age=31536000, immutable',
  })
  expect(gunzipSync(packed.rawPayload).toString()).toBe('export {}')
  const plain = await asked('identity')
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, 'export {}'])
})
