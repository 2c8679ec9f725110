import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { outsideProvider, type OutsideProvider } from '../server/platform/outside-provider.ts'
import { OUTSIDE_RETURN } from '../server/platform/outside-settings.ts'

/** A real provider of identities on this machine. Whoever signs in there as `x` has the claim `employee_no` = `工号-x`. */
export interface OutsideWorld {
  provider: OutsideProvider
  /** Goes where the office sent the browser, signs in there and consents, and gives where it is sent back to: path and query. */
  signInThere: (url: string, as: string) => Promise<string>
  /** Turns back at the provider's door. */
  turnBackThere: (url: string) => Promise<string>
  /** From now on a gateway answers in its place: 502. */
  breakDown: () => void
  stop: () => Promise<void>
}

const CLIENT = { clientId: 'minben', secret: 'known to this test alone' }

export async function outsideWorld({
  host = '127.0.0.1',
  office = 'http://127.0.0.1:8080',
  /** What the office says that its secret is. */
  secret = CLIENT.secret,
} = {}): Promise<OutsideWorld> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`
  const returnTo = office + OUTSIDE_RETURN
  const provider = new Provider(origin, {
    clients: [
      {
        ...{ client_id: CLIENT.clientId, client_secret: CLIENT.secret, redirect_uris: [returnTo] },
        ...{ grant_types: ['authorization_code'], response_types: ['code'] },
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['employee_no'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, employee_no: `工号-${id}` }),
    }),
    cookies: { keys: ['of this test'] },
  })
  const answer = provider.callback()
  let isBroken = false
  server.on('request', (request, response) => {
    if (isBroken) response.writeHead(502).end('Bad Gateway')
    else void answer(request, response)
  })
  return {
    provider: outsideProvider({
      ...{ issuer: `${origin}/`, clientId: CLIENT.clientId, secret, claim: 'employee_no' },
      ...{ title: '统一身份认证', returnTo },
    }),
    signInThere: async (url, as) => {
      const visit = visiting()
      const login = await visit(url)
      const consent = await visit(login, { prompt: 'login', login: as, password: 'any' })
      const back = await visit(consent, { prompt: 'consent' })
      return pathOf(back)
    },
    turnBackThere: async (url) => {
      const visit = visiting()
      return pathOf(await visit(`${await visit(url)}/abort`))
    },
    breakDown: () => {
      isBroken = true
    },
    stop: () => closed(server),
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** Follows redirections with the cookies it is given, up to a page of the provider or to the office; gives the address of that. */
function visiting(): (url: string, form?: Record<string, string>) => Promise<string> {
  const cookies = new Map<string, string>()
  return async (url, form) => {
    let at = url
    let sent = form
    for (;;) {
      const answer = await fetch(at, {
        method: sent ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(sent ? { body: new URLSearchParams(sent) } : {}),
      })
      for (const each of answer.headers.getSetCookie()) {
        const [pair = ''] = each.split(';')
        const cut = pair.indexOf('=')
        cookies.set(pair.slice(0, cut), pair.slice(cut + 1))
      }
      sent = undefined
      const next = answer.headers.get('location')
      if (next === null) return at
      at = new URL(next, at).href
      if (at.includes(OUTSIDE_RETURN)) return at
    }
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((stopped) => server.close(() => stopped()))
}
