/** '2020-12' → '2021-01' */
export function monthAfter(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

/** '2021-01' → '2020-12' */
export function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}

/** '2020-12 起' or '2020-12 至 2021-05'; `to` is the first month no longer covered. */
export function spanText({ from, to }: { from: string; to: string | null }): string {
  if (to === null) return `${from} 起`
  const last = monthBefore(to)
  return last === from ? `只 ${from} 一个月` : `${from} 至 ${last}`
}
