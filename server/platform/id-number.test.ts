import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkIdNumber, lastFour, maskIdNumber, normaliseIdNumber, upgrade15 } from './id-number.ts'

test.each([
  ['11010519491231002X', '1949-12-31', 'female'], // Σ = 167, 167 mod 11 = 2 → X
  ['440524188001010014', '1880-01-01', 'male'], // Σ = 195, 195 mod 11 = 8 → 4
])('the example %s of GB 11643-1999 passes', (number, bornOn, sex) => {
  expect(checkIdNumber(number)).toStrictEqual({ ok: true, number, bornOn, sex })
})

test.each([
  '11010519491231002x',
  ' 110105 19491231 002X\n',
  '１１０１０５１９４９１２３１００２Ｘ',
  '110105　19491231　002ｘ',
  '\uFEFF11010519491231002X\u200B',
])('%j is put right to the standard form', (text) => {
  expect(checkIdNumber(text)).toMatchObject({ ok: true, number: '11010519491231002X' })
})

test.each([
  ['', 'length'],
  ['11010519491231002', 'length'],
  ['11010519491231002XX', 'length'],
  ['110105491231002', 'length'],
  ['1101051949123100X2', 'format'],
  ['11010519491231002Y', 'format'],
  ['1101O519491231002X', 'format'],
  ['00010519491231002X', 'region'],
  ['16010519491231002X', 'region'],
  ['84010519491231002X', 'region'],
  ['99010519491231002X', 'region'],
  ['11010519490229002X', 'birth_date'],
  ['11010519491331002X', 'birth_date'],
  ['11010521001231002X', 'birth_date'],
  ['11010500001231002X', 'birth_date'],
  ['110105194912310021', 'check_digit'],
  ['110105194912310029', 'check_digit'],
])('%j is refused: %s', (text, reason) => {
  const result = checkIdNumber(text)

  expect(result).toMatchObject({ ok: false, code: `platform.id_number_${reason}` })
  expect(JSON.stringify(result)).not.toContain('1949')
})

const body = fc
  .record({
    region: fc.constantFrom('110105', '441882', '650102', '710000', '810000', '820000', '830000', '911001'),
    day: fc.integer({ min: Date.UTC(1900, 0, 1) / 86_400_000, max: Date.UTC(2030, 0, 1) / 86_400_000 }),
    serial: fc.integer({ min: 1, max: 999 }),
  })
  .map(({ region, day, serial }) => {
    const birth = new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
    return `${region}${birth}${String(serial).padStart(3, '0')}`
  })

const CHECK_DIGITS = [...'0123456789X']

function passes(number: string): boolean {
  return checkIdNumber(number).ok
}

test('exactly one of eleven check digits fits, also for residence permits and foreigners', () => {
  fc.assert(
    fc.property(body, (digits) => {
      expect(CHECK_DIGITS.filter((digit) => passes(digits + digit))).toHaveLength(1)
    }),
  )
})

test('one altered digit is always noticed', () => {
  fc.assert(
    fc.property(body, fc.nat({ max: 17 }), fc.constantFrom(...CHECK_DIGITS), (digits, place, digit) => {
      const number = digits + (CHECK_DIGITS.find((candidate) => passes(digits + candidate)) ?? '')
      fc.pre(number[place] !== digit)

      expect(passes(number.slice(0, place) + digit + number.slice(place + 1))).toBe(false)
    }),
  )
})

test('two neighbours exchanged are always noticed', () => {
  fc.assert(
    fc.property(body, fc.nat({ max: 15 }), (digits, place) => {
      const number = digits + (CHECK_DIGITS.find((candidate) => passes(digits + candidate)) ?? '')
      const [a = '', b = ''] = number.slice(place, place + 2)
      fc.pre(a !== b)

      expect(passes(number.slice(0, place) + b + a + number.slice(place + 2))).toBe(false)
    }),
  )
})

test('a 15-digit number becomes one of 18 digits, born in 19xx', () => {
  expect(upgrade15('110105491231002')).toBe('11010519491231002X')
  expect(upgrade15('１１０１０５ 491231 002')).toBe('11010519491231002X')
})

test.each([
  ['11010549123100', 'platform.id_number_old_format'],
  ['11010549123100X', 'platform.id_number_old_format'],
  ['11010519491231002X', 'platform.id_number_old_format'],
  ['110105490229002', 'platform.id_number_birth_date'],
  ['000105491231002', 'platform.id_number_region'],
])('the old number %s is refused: %s', (old, code) => {
  expect(() => upgrade15(old)).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['11010519491231002X', '1101**********002X', '002X'],
  ['11010519491231002x', '1101**********002X', '002X'],
  ['110105491231002', '1101*******1002', '1002'],
  ['44188219', '********', '8219'],
  ['', '', ''],
])('%s is shown as %s, last four %s', (number, masked, four) => {
  expect(maskIdNumber(number)).toBe(masked)
  expect(lastFour(number)).toBe(four)
})

test('what is looked up is written as what is stored, right or wrong', () => {
  expect(normaliseIdNumber(' １１０ x')).toBe('110X')
})
