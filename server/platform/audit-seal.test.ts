import { createHash, createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  canonicalRow,
  isSealIntact,
  leafOf,
  merkleRoot,
  NO_SEAL_MAC,
  sealMac,
  sealRows,
  type AuditRow,
} from './audit-seal.ts'

const key = createSecretKey('11'.repeat(32), 'hex')
const row: AuditRow = {
  county: '441882',
  id: '01890000-0000-7000-8000-000000000001',
  at: '2026-03-02T01:02:03.000004Z',
  actorId: '01890000-0000-7000-8000-0000000000aa',
  event: 'registry.person.revealed',
  outcome: 'done',
  code: null,
  subject: '{"person": "p1"}',
  requestId: '01890000-0000-7000-8000-0000000000bb',
  xact: '1234',
}
const rows = ['1', '2', '3', '4', '5'].map((xact) => ({ ...row, id: `${row.id}-${xact}`, xact }))
const sealedAt = '2026-03-02T01:02:30.000000Z'

function sm3(...hex: string[]): string {
  return createHash('sm3')
    .update(Buffer.from(hex.join(''), 'hex'))
    .digest('hex')
}

test('the hash is SM3: the standard vector of "abc"', () => {
  // GB/T 32905-2016, annex A.1
  expect(sm3(Buffer.from('abc').toString('hex'))).toBe(
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  )
})

test('a leaf is SM3 of 00 and the columns, each as length and bytes, null left out', () => {
  const short = { ...row, actorId: null, subject: null, requestId: null, id: 'a', event: 'b', xact: '7' }
  const parts = ['minben-audit-row/1', 'county', '441882', 'id', 'a', 'at', row.at, 'event', 'b']
  parts.push('outcome', 'done', 'xact', '7')
  const bytes = parts.map(
    (part) => part.length.toString(16).padStart(8, '0') + Buffer.from(part).toString('hex'),
  )

  expect(leafOf(short)).toBe(sm3('00', ...bytes))
})

test('any change of any column changes the leaf', () => {
  const columns: (keyof AuditRow)[] = ['county', 'id', 'actorId', 'event', 'outcome', 'code', 'subject']
  for (const column of [...columns, 'requestId', 'xact'] as const) {
    expect(leafOf({ ...row, [column]: `${row[column] ?? ''}1` }), column).not.toBe(leafOf(row))
  }
  expect(leafOf({ ...row, at: '2026-03-02T01:02:03.000005Z' })).not.toBe(leafOf(row))
  expect(leafOf({ ...row, subject: '' })).not.toBe(leafOf({ ...row, subject: null }))
})

test('no two different rows share a canonical form', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'code', 'subject'), maxLength: 4 })
  const some = fc.record({ event: text, code: fc.option(text), subject: fc.option(text) })
  fc.assert(
    fc.property(some, some, (one, two) => {
      const equal = one.event === two.event && one.code === two.code && one.subject === two.subject
      expect(canonicalRow({ ...row, ...one }).equals(canonicalRow({ ...row, ...two }))).toBe(equal)
    }),
  )
})

test.each([
  '2026-03-02T01:02:03Z',
  '2026-03-02T01:02:03.000Z',
  '2026-03-02 01:02:03.000004+00',
  '2026-03-02',
])('an instant has one spelling only: %s is refused', (at) => {
  expect(() => leafOf({ ...row, at })).toThrow(/six decimals/)
})

test('the root of one leaf is the leaf; of three, the third moves up unpaired', () => {
  const [a = '', b = '', c = '', d = '', e = ''] = rows.map(leafOf)

  expect(merkleRoot([a])).toBe(a)
  expect(merkleRoot([a, b])).toBe(sm3('01', a, b))
  expect(merkleRoot([a, b, c])).toBe(sm3('01', sm3('01', a, b), c))
  expect(merkleRoot([a, b, c, d, e])).toBe(sm3('01', sm3('01', sm3('01', a, b), sm3('01', c, d)), e))
})

test('there is no root and no seal of nothing', () => {
  expect(() => merkleRoot([])).toThrow(/no leaves/)
  expect(() => sealRows(key, undefined, { county: '441882', sealedAt, rows: [] })).toThrow(/no rows/)
})

test('a seal carries count and span, its members carry order and leaf', () => {
  const [first, second] = [rows.slice(0, 1), rows.slice(1, 3)]
  const late = { ...row, id: 'late', at: '2026-03-02T01:02:09.000000Z' }

  const one = sealRows(key, undefined, { county: '441882', sealedAt, rows: [...first, late] })
  const two = sealRows(key, one.seal, { county: '441882', sealedAt, rows: second })

  expect(one.seal).toMatchObject({ n: 1, rowCount: 2, firstAt: row.at, lastAt: late.at })
  expect(two.seal).toMatchObject({ n: 2, rowCount: 2 })
  expect(two.members).toEqual(
    second.map((sealed, position) => ({
      county: '441882',
      sealN: 2,
      position,
      auditId: sealed.id,
      leaf: leafOf(sealed),
    })),
  )
})

test('a seal is intact under its own key and after its own predecessor only', () => {
  const one = sealRows(key, undefined, { county: '441882', sealedAt, rows }).seal
  const two = sealRows(key, one, { county: '441882', sealedAt, rows }).seal

  expect(isSealIntact(key, NO_SEAL_MAC, one)).toBe(true)
  expect(isSealIntact(key, one.mac, two)).toBe(true)
  expect(isSealIntact(key, NO_SEAL_MAC, two)).toBe(false)
  expect(isSealIntact(createSecretKey('22'.repeat(32), 'hex'), NO_SEAL_MAC, one)).toBe(false)
  for (const changed of [
    { county: '441881' },
    { n: 2 },
    { rowCount: 4 },
    { root: NO_SEAL_MAC },
    { sealedAt: '2026-03-02T01:02:31.000000Z' },
    { firstAt: sealedAt },
    { lastAt: sealedAt },
    { mac: '' },
  ]) {
    expect(isSealIntact(key, NO_SEAL_MAC, { ...one, ...changed }), JSON.stringify(changed)).toBe(false)
  }
})

test('a row of another county is not sealed', () => {
  const stranger = { ...row, county: '441881' }

  expect(() => sealRows(key, undefined, { county: '441882', sealedAt, rows: [stranger] })).toThrow(
    /belongs to/,
  )
})

test('a seal MAC is fixed for fixed input: changing the formula breaks every stored seal', () => {
  const seal = {
    county: '441882',
    n: 1,
    sealedAt,
    rowCount: 1,
    root: 'ab'.repeat(32),
    firstAt: row.at,
    lastAt: row.at,
  }

  // Computed with Python's hmac and hashlib from the description in the decision record.
  expect(sealMac(key, NO_SEAL_MAC, seal)).toBe(
    '66f7e8b3512dd4966e8d496c62af517236719e830b85609b9b97e9464480c4b1',
  )
})
