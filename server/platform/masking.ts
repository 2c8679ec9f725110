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
