import { existsSync } from 'node:fs'
import path from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Where `npm run build` leaves the office's pages. */
export const OFFICE_FILES = path.resolve(import.meta.dirname, '..', 'dist', 'office')

const FOREVER = 'public, max-age=31536000, immutable'

/**
 * The office's pages under /office/. Any address below it that is not a file is a page of the application, so that an address can
 * be kept, sent and reloaded.
 */
export async function mountOffice(http: FastifyInstance, folder: string = OFFICE_FILES): Promise<void> {
  http.get('/', { schema: { hide: true } }, (_, reply) => reply.redirect('/office/'))
  if (!existsSync(path.join(folder, 'index.html'))) {
    http.get('/office/*', { schema: { hide: true } }, (_, reply) =>
      reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('办公端页面还没有生成。请在程序目录运行 npm run build，然后刷新。'),
    )
    return
  }
  await http.register(files, {
    root: folder,
    prefix: '/office/',
    wildcard: false,
    // As the build left them beside each piece.
    preCompressed: true,
    // Names of built pieces change with what is in them.
    setHeaders: (reply, file) => {
      reply.header('cache-control', file.includes(`${path.sep}assets${path.sep}`) ? FOREVER : 'no-cache')
    },
  })
  http.get('/office', { schema: { hide: true } }, (_, reply) => reply.redirect('/office/'))
  http.get('/office/*', { schema: { hide: true } }, (_, reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', folder, { cacheControl: false }),
  )
}
