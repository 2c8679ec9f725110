import { maskIdNumber } from './id-number.ts'

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

/** An id of ours, which is none; or runs of digits as numbers are written, also in groups and right behind a letter. A date's groups are too short. */
const NUMBER = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<!\d)\d{3,}(?:[ -]\d{3,})*[Xx]?(?!\d)/g
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-/
const YEARS = /^(?:19|20)\d\d(?:[ -](?:19|20)\d\d)*$/
/** Also as it is dialled from elsewhere. */
const MOBILE = /^((?:(?:00)?86|0)?)(1[3-9]\d{9})$/
const FULL_WIDTH = /[\uFF10-\uFF19\uFF38\uFF58]/g

/** Free text as it may leave the office: what has the length of an identity number, an account or a mobile is masked. */
export function maskNumbersIn(text: string): string {
  if (!/\d|[\uFF10-\uFF19]/.test(text)) return text
  return text
    .replace(FULL_WIDTH, (wide) => wide.normalize('NFKC'))
    .replace(NUMBER, (found) => (ID.test(found) || YEARS.test(found) ? found : maskNumber(found)))
}

function maskNumber(found: string): string {
  const number = found.replace(/[ -]/g, '')
  if (number.length >= 15) return maskIdNumber(number)
  return MOBILE.test(number) ? maskMobile(number) : found.replace(/\d+/g, maskMobile)
}

/** Any other number stays as it is. */
function maskMobile(number: string): string {
  return number.replace(MOBILE, (_, before: string, mobile: string) => before + maskPhone(mobile))
}
