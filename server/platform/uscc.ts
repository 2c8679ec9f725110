export type UsccCheck = { ok: true; number: string } | { ok: false; code: UsccFault; message: string }

export type UsccFault = keyof typeof MESSAGES

const MESSAGES = {
  'platform.uscc_length': '统一社会信用代码应为18位，请核对是否漏填或多填',
  'platform.uscc_format': '统一社会信用代码只含数字和大写字母（不用I、O、S、V、Z），第3至8位为数字，请核对',
  'platform.uscc_check_digit': '统一社会信用代码校验位不符，可能有一位填错，请逐位核对证书',
} as const

// GB 32100-2015: 31 characters, without I, O, S, V, Z; the value of a character is its place.
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
// 3^i mod 31 for the first 17 places.
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const

/** Checks a unified social credit code (GB 32100-2015) as typed: spaces, full-width and small letters are put right. */
export function checkUscc(text: string): UsccCheck {
  const number = text.normalize('NFKC').replace(/\s/g, '').toUpperCase()
  if (number.length !== 18) return fault('platform.uscc_length')
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(number))
    return fault('platform.uscc_format')
  if (number.slice(17) !== usccCheckDigit(number)) return fault('platform.uscc_check_digit')
  return { ok: true, number }
}

/** The 18th character for the first 17. */
export function usccCheckDigit(body: string): string {
  const sum = WEIGHTS.reduce(
    (total, weight, index) => total + weight * ALPHABET.indexOf(body.charAt(index)),
    0,
  )
  return ALPHABET.charAt((31 - (sum % 31)) % 31)
}

function fault(code: UsccFault): UsccCheck {
  return { ok: false, code, message: MESSAGES[code] }
}
