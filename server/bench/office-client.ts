import { Agent, request } from 'node:http'

export interface Answer {
  status: number
  /** From the request to the last byte of the answer. */
  ms: number
  text: string
  /** As they are set. */
  cookies: readonly string[]
}

/** One connection that stays open, as a browser's. */
export interface Client {
  get: (path: string) => Promise<Answer>
  post: (path: string, body: unknown) => Promise<Answer>
  close: () => void
}

export function connectTo(port: number, cookie = ''): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (method: 'GET' | 'POST', path: string, body?: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
      const started = performance.now()
      const headers = {
        ...{ cookie, 'x-minben': '1', 'user-agent': 'minben bench' },
        ...(payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {}),
      }
      const sent = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.once('error', reject)
        response.once('end', () => {
          const ms = performance.now() - started
          const text = Buffer.concat(parts).toString('utf8')
          const status = response.statusCode ?? 0
          if (status >= 400) reject(new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`))
          else resolve({ status, ms, text, cookies: response.headers['set-cookie'] ?? [] })
        })
      })
      sent.once('error', reject)
      sent.end(payload)
    })
  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    close: () => agent.destroy(),
  }
}

/** The cookie of a session opened with a password, as the sign-in page does. */
export async function signInAt(port: number, account: { login: string; password: string }): Promise<string> {
  const client = connectTo(port)
  const { cookies } = await client.post('/api/session', account).finally(client.close)
  const [cookie] = cookies
  if (cookie === undefined) throw new Error('signing in gave no cookie')
  return cookie.split(';')[0] ?? ''
}

/** All tasks, each client one after another; the answers in the order of the tasks. */
export async function drive<Task, Result>(
  clients: readonly Client[],
  tasks: readonly Task[],
  work: (client: Client, task: Task) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = tasks.entries()
  const take = async (client: Client) => {
    for (const [index, task] of waiting) results[index] = await work(client, task)
  }
  await Promise.all(clients.map(take))
  return results
}

export interface Quantiles {
  requests: number
  p50: number
  p95: number
  p99: number
}

/** Milliseconds, by the nearest rank. */
export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
    return Math.round(value * 10) / 10
  }
  return { requests: values.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
