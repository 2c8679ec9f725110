import { isPlainDate, type PlainDate } from './dates.ts'
import { invalid } from './errors.ts'

export type IdNumberCheck =
  | { ok: true; number: string; bornOn: PlainDate; sex: 'male' | 'female' }
  | { ok: false; code: IdNumberFault; message: string }

export type IdNumberFault = keyof typeof MESSAGES

const MESSAGES = {
  'platform.id_number_length': '证件号码应为18位，请核对是否漏填或多填；15位旧号码请先升位',
  'platform.id_number_format': '证件号码前17位应为数字，最后一位应为数字或X，请核对',
  'platform.id_number_region': '证件号码前两位不是有效的地区代码，请核对证件',
  'platform.id_number_birth_date': '证件号码第7至14位不是有效的出生日期，请核对证件',
  'platform.id_number_check_digit': '证件号码校验位不符，可能有一位填错，请逐位核对证件',
} as const

// GB 11643-1999: weight of position i is 2^(17−i) mod 11; the table answers the weighted sum mod 11.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const CHECK_DIGITS = '10X98765432'

const PROVINCES = '1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71'
// 81, 82, 83: residence permits of Hong Kong, Macau, Taiwan residents. 9 + province: permanent residence of foreigners.
const REGION = new RegExp(`^(?:${PROVINCES}|8[1-3]|9(?:${PROVINCES}))`)

/**
 * Checks a number of GB 11643-1999 as typed or pasted: full-width digits, spaces and a small x are put right, nothing
 * else. The first six digits are where the number was first issued and never tell where a person is registered now.
 */
export function checkIdNumber(text: string): IdNumberCheck {
  const number = normaliseIdNumber(text)
  if (number.length !== 18) return fault('platform.id_number_length')
  if (!/^\d{17}[\dX]$/.test(number)) return fault('platform.id_number_format')
  if (!REGION.test(number)) return fault('platform.id_number_region')

  const bornOn = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  if (!/^(18|19|20)/.test(bornOn) || !isPlainDate(bornOn)) return fault('platform.id_number_birth_date')
  if (number.slice(17) !== checkDigit(number)) return fault('platform.id_number_check_digit')
  return { ok: true, number, bornOn, sex: Number(number[16]) % 2 === 1 ? 'male' : 'female' }
}

/** The form under which a number is stored and looked up, right or wrong. */
export function normaliseIdNumber(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u200B-\u200D\uFEFF]/g, '')
    .toUpperCase()
}

/**
 * The 18 digits of a first-generation number of 15 digits, born 19xx. Throws the fault of `checkIdNumber`; a person
 * born before 1900 got a second-generation number by hand and fails on the birth date or must be checked on paper.
 */
export function upgrade15(old: string): string {
  const digits = normaliseIdNumber(old)
  if (!/^\d{15}$/.test(digits)) {
    throw invalid('platform.id_number_old_format', '旧证件号码应为15位数字，请核对')
  }
  const body = `${digits.slice(0, 6)}19${digits.slice(6)}`
  const checked = checkIdNumber(body + checkDigit(body))
  if (!checked.ok) throw invalid(checked.code, checked.message)
  return checked.number
}

/** '4418**********123X'. Birth date and serial are hidden; a text too short to be a number is hidden whole. */
export function maskIdNumber(text: string): string {
  const number = normaliseIdNumber(text)
  if (number.length < 15) return '*'.repeat(number.length)
  return number.slice(0, 4) + '*'.repeat(number.length - 8) + number.slice(-4)
}

/** For the index of last-four look-ups. Together with the birth date and the county it is the whole number. */
export function lastFour(text: string): string {
  return normaliseIdNumber(text).slice(-4)
}

/** Of the first 17 digits. */
export function checkDigit(number: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0)
  return CHECK_DIGITS.charAt(sum % 11)
}

function fault(code: IdNumberFault): IdNumberCheck {
  return { ok: false, code, message: MESSAGES[code] }
}
