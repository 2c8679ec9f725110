import { expect, test } from 'vitest'
import { acceptedStep, authenticatorUri, base32, codeAt, stepAt } from './totp.rules.ts'

/** The secret of RFC 6238, appendix B. */
const SECRET = Buffer.from('12345678901234567890')

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('RFC 6238, appendix B: at second %i the last six digits are %s', (seconds, code) => {
  expect(codeAt(SECRET, stepAt(seconds))).toBe(code)
})

// Step 10 lasts from second 300 to 329; with one step either way its code is good from 270 to 359.
test.each([
  [269, false],
  [270, true],
  [299, true],
  [300, true],
  [329, true],
  [359, true],
  [360, false],
])('the code of step 10 is accepted at second %i: %s', (seconds, isAccepted) => {
  const step = acceptedStep(SECRET, codeAt(SECRET, 10), { seconds, lastStep: 0 })

  expect(step).toBe(isAccepted ? 10 : undefined)
})

test.each([
  [8, 10],
  [9, 10],
  [10, undefined],
  [11, undefined],
])('after step %i was used, the code of step 10 gives %s', (lastStep, wanted) => {
  expect(acceptedStep(SECRET, codeAt(SECRET, 10), { seconds: 300, lastStep })).toBe(wanted)
})

test.each(['', '28708', '2870820', '二八七零八二', '999999'])('“%s” is no code', (code) => {
  expect(acceptedStep(SECRET, code, { seconds: 59, lastStep: 0 })).toBeUndefined()
})

test('a secret is shown as RFC 4648 writes it, and the same in what an authenticator scans', () => {
  expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI')
  expect(base32(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  const uri = new URL(authenticatorUri(SECRET, 'li.si'))
  expect(decodeURIComponent(uri.pathname)).toContain('民本:li.si')
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    ...{ secret: base32(SECRET), issuer: '民本' },
    ...{ algorithm: 'SHA1', digits: '6', period: '30' },
  })
})
