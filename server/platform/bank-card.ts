/**
 * Whether a number has the length and the Luhn check digit of a bank card. Only ever a warning: passbook accounts and
 * older accounts of rural banks have no such digit, and money must still reach them.
 */
export function looksLikeBankCard(text: string): boolean {
  const digits = text.normalize('NFKC').replace(/[\s-]/g, '')
  if (!/^\d{13,19}$/.test(digits)) return false
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
