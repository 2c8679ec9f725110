import { looksLikeBankCard } from '../../platform/bank-card.ts'

/** One form for the ways an account is typed; undefined when it cannot be one. Passbooks have letters and few digits. */
export function normaliseAccount(text: string): string | undefined {
  const compact = text.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}]/gu, '')
  return /^[0-9A-Za-z]{4,40}$/.test(compact) ? compact : undefined
}

/** Places of numbers that are no bank card: worth a second look, not an error (passbooks of rural banks). */
export function unusualIndexes(numbers: readonly string[]): number[] {
  return numbers.flatMap((number, index) => (looksLikeBankCard(number) ? [] : [index]))
}
