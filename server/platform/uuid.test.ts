import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { uuidFrom, uuidv7 } from './uuid.ts'

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

afterEach(() => {
  vi.useRealTimers()
})

test('20 000 ids made at once are of version 7, rising and distinct', () => {
  const ids = Array.from({ length: 20_000 }, () => uuidv7())

  expect(ids.every((id) => V7.test(id))).toBe(true)
  expect(ids.toSorted()).toStrictEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

test('the first 48 bits are the time in milliseconds', () => {
  const at = Date.UTC(2040, 0, 1)
  vi.useFakeTimers({ now: at })

  expect(Number.parseInt(uuidv7().replaceAll('-', '').slice(0, 12), 16)).toBe(at)
})

test('ids rise when the clock stands still and when it is set back', () => {
  vi.useFakeTimers({ now: Date.UTC(2041, 0, 1) })
  const standing = Array.from({ length: 10_000 }, () => uuidv7())
  vi.setSystemTime(Date.UTC(2020, 0, 1))
  const after = uuidv7()

  expect([...standing, after].toSorted()).toStrictEqual([...standing, after])
  expect(new Set(standing).size).toBe(standing.length)
})

test('the same parts give the same id for ever', () => {
  // sha256 of '["run","2026-03","1"]', version and variant bits set
  expect(uuidFrom('run', '2026-03', '1')).toBe('6b71233b-e277-830f-80f5-f4a09fe88430')
  expect(uuidFrom('run', '2026-03', '1')).toMatch(V8)
})

test('parts are kept apart', () => {
  expect(uuidFrom('ab', 'c')).not.toBe(uuidFrom('a', 'bc'))
  expect(uuidFrom('a')).not.toBe(uuidFrom('a', ''))
  expect(uuidFrom('a","b')).not.toBe(uuidFrom('a', 'b'))
})

test('different parts give different ids', () => {
  const parts = fc.array(fc.string(), { maxLength: 4 })

  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(uuidFrom(...a) === uuidFrom(...b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})
