import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { diceOf, type Dice } from '../server/bench/dice.ts'

/** An office that is asked over HTTP by several people: how long each kind of request took, and what went wrong. */

const COUNTY = '441882'
const AGAIN_MS = 200
const MOST_TRIES = 100

export interface Asked {
  /** Requests of one kind are timed together. */
  kind: string
  at: string
  cookie?: string
  /** Absent = it is read. */
  body?: object
  method?: 'DELETE'
  /** Code of the refusal that is wanted. */
  refused?: string
}

export interface Answered {
  body: Record<string, unknown>
  cookie: string
}

export class SoakOffice {
  readonly failures: string[] = []
  /** Of each kind, how many were answered as wanted. */
  readonly answered: Record<string, number> = {}
  /** Sent once more, because nobody had answered. */
  again = 0
  requests = 0
  refusals = 0
  isOver = false
  readonly dice: Dice
  private times: Record<string, number[]> = {}
  private readonly cookies = new Map<string, Promise<string>>()
  private readonly urls: () => readonly string[]
  private readonly passwords: ReadonlyMap<string, string>

  /** Where there are several that serve, whoever does not answer is left for another, with the same key, as a browser does. */
  constructor(urls: () => readonly string[], passwords: ReadonlyMap<string, string>, seed: number) {
    this.urls = urls
    this.passwords = passwords
    this.dice = diceOf(seed)
  }

  get logins(): string[] {
    return [...this.passwords.keys()]
  }

  /** Since it was asked last. */
  takeTimes(): Record<string, number[]> {
    const taken = this.times
    this.times = {}
    return taken
  }

  /** Whoever works goes on for as long as the office is open; what stops them is told, and they begin anew. */
  async work(pauseMs: number, turn: (index: number) => Promise<void>): Promise<void> {
    for (let index = 0; !this.isOver; index++) {
      await turn(index).catch((error: unknown) => this.failures.push(String(error)))
      await wait(pauseMs * (0.5 + this.dice.next()))
    }
  }

  get(login: string, kind: string, at: string): Promise<Record<string, unknown>> {
    return this.as(login, { kind, at })
  }

  post(login: string, kind: string, at: string, body: object = {}): Promise<Record<string, unknown>> {
    return this.as(login, { kind, at, body })
  }

  /** In the county, as somebody who signs in when they have not yet. */
  async as(login: string, asked: Asked): Promise<Record<string, unknown>> {
    const signedIn = this.cookies.get(login) ?? this.signIn(login)
    this.cookies.set(login, signedIn)
    return (await this.ask({ ...asked, at: `/api/counties/${COUNTY}${asked.at}`, cookie: await signedIn }))
      .body
  }

  async signIn(login: string, password = this.passwords.get(login), refused?: string): Promise<string> {
    const asked = { kind: 'sign in', at: '/api/session', body: { login, password } }
    return (await this.ask({ ...asked, ...(refused === undefined ? {} : { refused }) })).cookie
  }

  async ask(asked: Asked): Promise<Answered> {
    const { kind, refused } = asked
    const { status, text, isJson, cookie, ms, isAgain } = await this.send(asked, randomUUID())
    this.requests += 1
    ;(this.times[kind] ??= []).push(ms)
    const shown = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
    const code = status < 400 ? undefined : String(shown['code'])
    // Who signed out and was not told is signed out.
    const isDone = isAgain && asked.method === 'DELETE' && code === 'platform.sign_in_needed'
    if (code !== refused && !isDone) throw new Error(`${kind}: ${status} ${text.slice(0, 300)}`)
    if (code !== undefined) this.refusals += 1
    else this.answered[kind] = (this.answered[kind] ?? 0) + 1
    return { body: shown, cookie }
  }

  private async send({ at, cookie = '', body, method }: Asked, key: string) {
    for (let tries = 0; ; tries++) {
      const urls = this.urls()
      const started = performance.now()
      try {
        const answer = await fetch(`${urls[this.dice.below(urls.length)] ?? ''}${at}`, {
          method: method ?? (body ? 'POST' : 'GET'),
          headers: {
            ...{ cookie, 'x-minben': '1' },
            ...(body ? { 'content-type': 'application/json', 'idempotency-key': key } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
        return {
          ...{ status: answer.status, text: await answer.text(), isAgain: tries > 0 },
          isJson: answer.headers.get('content-type')?.includes('json') === true,
          cookie: (answer.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? '',
          ms: Math.round((performance.now() - started) * 10) / 10,
        }
      } catch (error) {
        if (urls.length === 1 || tries === MOST_TRIES) throw error
        this.again += 1
        await wait(AGAIN_MS)
      }
    }
  }

  /** What is done in the background comes to be so. */
  async until<Shown>(look: () => Promise<Shown>, isThere: (shown: Shown) => boolean): Promise<Shown> {
    for (let waited = 0; waited < 120_000; waited += 700) {
      const shown = await look()
      if (isThere(shown)) return shown
      await wait(700)
    }
    throw new Error('it never came to be so')
  }
}
