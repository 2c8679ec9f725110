import type { z } from 'zod'
import { pathNames, type Endpoint } from '../server/platform/endpoint.schema.ts'
import type { Sample } from './scope-samples.ts'

/** Requests as somebody sends them who tries what an address does with what it does not expect, made from its contract. */

export interface Attempt {
  /** Where and what: for the message of a failure. */
  name: string
  url: string
  body?: unknown
}

/** In the place of any text, or of any number as text. */
const TEXTS: Readonly<Record<string, string>> = {
  'always true': `' OR 1=1--`,
  statements: `x'); drop table platform.account; select pg_sleep(9)--`,
  quotes: `'"\\\`$$%_\\x27`,
  markup: `"><script>alert(1)</script><img src=x onerror=alert(1)>`,
  'zero byte': `a\0b`,
  'half a character': `a\ud800b`,
  'signs of all kinds': `\u202e甲乙\u202c👨‍👩‍👧‍👦🈶`,
  'many digits': '9'.repeat(30),
  'digits over 32 bits': String(2 ** 31),
  path: `../../../etc/passwd`,
  empty: '',
  long: '长'.repeat(20_000),
}

/** In the place of any part of a body. */
const STRUCTURES: Readonly<Record<string, unknown>> = {
  list: ['x', "' OR 1=1--"],
  object: { toString: 'x', $ne: null, length: 1e9 },
  nothing: null,
  'large number': 2 ** 53,
  'over 32 bits': 2 ** 31,
  'less than nothing': -0.5,
  deep: nested(200),
}
const PARTS: Readonly<Record<string, unknown>> = { ...TEXTS, ...STRUCTURES }

function nested(levels: number): unknown {
  return Array.from({ length: levels }).reduce((inside: unknown) => [inside], 'x')
}

export function attemptsOf(endpoint: Endpoint, county: string, sample: Sample): Attempt[] {
  const path: Record<string, string> = { county, ...sample.path }
  const body = sample.body as Readonly<Record<string, unknown>> | undefined
  const own = { ...path, ...(body ?? {}) }
  const rest = Object.keys((endpoint.input as z.ZodObject).shape).filter((name) => !(name in path))
  const url = (values: Record<string, string>, query: string) =>
    endpoint.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '') + query
  const whole = url(path, sample.query ? `?${sample.query}` : '')
  const ofPath = pathNames(endpoint.path).flatMap((name) =>
    Object.entries(TEXTS).map(([what, text]): Attempt => {
      // An address of this length is refused as a whole by every browser.
      const short = encodeURIComponent(text.slice(0, 200).replace(/\ud800/, ''))
      return { name: `${name}: ${what}`, url: url({ ...path, [name]: short }, ''), body: body ?? {} }
    }),
  )
  if (endpoint.method !== 'POST') return [...ofPath, ...ofQuery(rest, whole, sample.query ?? '')]
  const missing = rest.filter((name) => !(name in own))
  const places = [...placesOf(body ?? {}), ...missing.map((name) => [name])]
  const ofBody = places.flatMap((place) =>
    Object.entries(holdsOthers(body, place) ? STRUCTURES : PARTS).map(([what, part]): Attempt => ({
      name: `${place.join('.')}: ${what}`,
      url: whole,
      body: withPart(body ?? {}, place, part),
    })),
  )
  return [...ofPath, ...ofBody]
}

function ofQuery(names: readonly string[], whole: string, query: string): Attempt[] {
  return names.flatMap((name) => {
    const others = new URLSearchParams(query)
    others.delete(name)
    const base = `${whole.split('?', 1)[0]}?${others.toString()}`
    return Object.entries(TEXTS).flatMap(([what, text]): Attempt[] => {
      const given = `${name}=${encodeURIComponent(text.slice(0, 4_000).replace(/\ud800/, ''))}`
      const once = { name: `${name}: ${what}`, url: `${base}&${given}` }
      const twice = { name: `${name}: ${what}, twice`, url: `${base}&${given}&${given}` }
      return what === 'always true' ? [once, twice] : [once]
    })
  })
}

type PartPath = readonly (string | number)[]

/** Of everything in a body that holds no other: its way. */
function placesOf(value: unknown, way: PartPath = []): PartPath[] {
  if (value === null || typeof value !== 'object') return way.length > 0 ? [way] : []
  const inner = Array.isArray(value)
    ? value.slice(0, 1).flatMap((each: unknown, index) => placesOf(each, [...way, index]))
    : Object.entries(value).flatMap(([name, each]) => placesOf(each, [...way, name]))
  return way.length > 0 ? [way, ...inner] : inner
}

/** A list or an object: what a text would do in its place, it does in those within. */
function holdsOthers(body: unknown, place: PartPath): boolean {
  const value = place.reduce<unknown>((from, name) => (from as Record<string, unknown>)[name], body ?? {})
  return value !== null && typeof value === 'object'
}

function withPart(value: unknown, [first, ...rest]: PartPath, part: unknown): unknown {
  if (first === undefined) return part
  if (Array.isArray(value))
    return value.map((each: unknown, index) => (index === first ? withPart(each, rest, part) : each))
  const from = value as Record<string, unknown>
  return { ...from, [first]: withPart(from[first], rest, part) }
}

/** Bodies that are not what JSON.stringify makes. */
export const RAW_BODIES: Readonly<Record<string, { type: string; text: string }>> = {
  'own prototype': { type: 'application/json', text: '{"__proto__":{"isAdmin":true}}' },
  'constructor prototype': {
    type: 'application/json',
    text: '{"constructor":{"prototype":{"isAdmin":true}}}',
  },
  'prototype inside': {
    type: 'application/json',
    text: '{"draft":{"__proto__":{"isAdmin":true}},"rates":[{"__proto__":{"isAdmin":true}}]}',
  },
  'very deep': { type: 'application/json', text: `${'['.repeat(50_000)}${']'.repeat(50_000)}` },
  'deep inside': {
    type: 'application/json',
    text: `{"determinations":[{"content":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}]}`,
  },
  'not JSON': { type: 'application/json', text: '{"a":' },
  'a list': { type: 'application/json', text: '[1,2]' },
  'a text': { type: 'application/json', text: '"x"' },
  nothing: { type: 'application/json', text: '' },
  form: { type: 'application/x-www-form-urlencoded', text: 'login=x&password=y' },
  markup: { type: 'text/html', text: '<script>alert(1)</script>' },
  plain: { type: 'text/plain', text: `{"login":"x"}` },
  external: {
    type: 'application/xml',
    text: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
  },
}
