/** Before the office can serve (a demonstration is loaded, say) its address already answers: with how far it is. */
import { createServer, type RequestListener } from 'node:http'
import type { Certificate } from './http-tls.ts'
import type { Readiness } from './platform/readiness.schema.ts'

export interface Waiting {
  /** Chinese; shown from now on. */
  tell: (text: string) => void
  stop: () => Promise<void>
}

export async function answerWaiting(
  { host, port }: { host: string; port: number },
  certificate?: Certificate,
): Promise<Waiting> {
  let shown = '正在启动'
  const answer: RequestListener = (request, response) => {
    const isPage = request.headers.accept?.includes('text/html') ?? false
    response.writeHead(503, {
      'content-type': `${isPage ? 'text/html' : 'application/json'}; charset=utf-8`,
      'cache-control': 'no-store',
      'retry-after': '2',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    response.end(isPage ? pageOf(shown) : JSON.stringify(notReady(shown)))
  }
  const server = certificate ? certificate.createServer(answer) : createServer(answer)
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, listening)
  })
  return {
    tell: (text) => {
      shown = text
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}

function notReady(text: string): Readiness {
  return { status: 'not_ready', reasons: [{ code: 'platform.starting', text }], notes: [] }
}

function pageOf(text: string): string {
  const safe = text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>正在准备 · 民本</title></head>
<body><main><h1>民本正在准备</h1><p>${safe}</p><p>准备好以后本页会自己打开办公端。账号和密码在启动的窗口里。</p></main></body></html>\n`
}
