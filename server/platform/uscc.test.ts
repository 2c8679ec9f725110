import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkUscc, usccCheckDigit } from './uscc.ts'

const ALPHABET = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']

test.each([
  '91350100M000100Y43', // the example of GB 32100-2015
  '51000000MJ0000000B', // constructed: 5 + 3 + 420 + 522 = 950 = 30 · 31 + 20, 31 − 20 = 11 → B
  '54441882ME0000001N', // constructed: Σ = 1404 = 45 · 31 + 9, 31 − 9 = 22 → N
])('%s passes', (number) => {
  expect(checkUscc(number)).toStrictEqual({ ok: true, number })
})

test('spaces, full-width and small letters are put right', () => {
  expect(checkUscc(' 91350100 m000100y43 ')).toStrictEqual({ ok: true, number: '91350100M000100Y43' })
  expect(checkUscc('９１３５０１００Ｍ０００１００Ｙ４３')).toMatchObject({ ok: true })
})

test.each([
  ['', 'length'],
  ['91350100M000100Y4', 'length'],
  ['91350100M000100Y433', 'length'],
  ['91350100I000100Y43', 'format'],
  ['9135010OM000100Y43', 'format'],
  ['91350100M000100S43', 'format'],
  ['91350A00M000100Y43', 'format'],
  ['91350100M000100Y44', 'check_digit'],
])('%j is refused: %s', (text, reason) => {
  expect(checkUscc(text)).toMatchObject({ ok: false, code: `platform.uscc_${reason}` })
})

const number = fc
  .tuple(
    fc.constantFrom('11', '12', '51', '52', '53', '54', '91', '93', 'N1', 'Y1'),
    fc.integer({ min: 110000, max: 659000 }).map(String),
    fc.array(fc.constantFrom(...ALPHABET), { minLength: 9, maxLength: 9 }).map((letters) => letters.join('')),
  )
  .map((parts) => parts.join(''))
  .map((body) => body + usccCheckDigit(body))

test('exactly one of 31 check characters fits, the computed one', () => {
  fc.assert(
    fc.property(number, (code) => {
      const fitting = ALPHABET.filter((letter) => checkUscc(code.slice(0, 17) + letter).ok)

      expect(fitting).toStrictEqual([code.slice(17)])
    }),
  )
})

test('one altered character is always noticed', () => {
  fc.assert(
    fc.property(number, fc.nat({ max: 17 }), fc.constantFrom(...ALPHABET), (code, place, letter) => {
      fc.pre(code[place] !== letter)

      expect(checkUscc(code.slice(0, place) + letter + code.slice(place + 1)).ok).toBe(false)
    }),
  )
})
