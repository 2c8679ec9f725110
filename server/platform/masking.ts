/** '***************1234': the last four digits; an account too short to hide anything is hidden whole. */
export function maskAccount(account: string): string {
  const digits = account.replace(/[\s-]/g, '')
  return digits.length < 8 ? '*'.repeat(digits.length) : '*'.repeat(digits.length - 4) + digits.slice(-4)
}

/** '138****5678' for a mobile; of any other number the last three digits. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/[\s-]/g, '')
  if (/^1\d{10}$/.test(digits)) return `${digits.slice(0, 3)}****${digits.slice(-4)}`
  return digits.length < 7 ? '*'.repeat(digits.length) : '*'.repeat(digits.length - 3) + digits.slice(-3)
}

/** Runs of digits as numbers are written, also in groups; a date's groups are too short, and an id of ours is none. */
const NUMBER =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\dA-Za-z])\d{3,}(?:[ -]\d{3,})*[Xx]?(?![\dA-Za-z])/g
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-/
const FULL_WIDTH = /[\uFF10-\uFF19\uFF38\uFF58]/g

/** Free text as it may leave the office: what has the length of an identity number, an account or a mobile is masked. */
export function maskNumbersIn(text: string): string {
  if (!/\d|[\uFF10-\uFF19]/.test(text)) return text
  return text
    .replace(FULL_WIDTH, (wide) => wide.normalize('NFKC'))
    .replace(NUMBER, (found) => {
      if (ID.test(found)) return found
      const number = found.replace(/[ -]/g, '')
      if (number.length >= 15) return number.slice(0, 4) + '*'.repeat(number.length - 8) + number.slice(-4)
      return /^1[3-9]\d{9}$/.test(number) ? maskPhone(number) : found
    })
}
