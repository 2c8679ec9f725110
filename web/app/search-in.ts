/** What is read from an address. */

export const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/
export const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/
/** A day, or an instant on it. */
export const DAY = /^\d{4}-\d{2}-\d{2}/

/** What stands in the address where it has the form wanted; anything else there is passed over. */
export function partsIn<Value extends string>(
  search: Record<string, unknown>,
  wanted: Readonly<Record<string, RegExp>>,
) {
  const known = Object.entries(wanted).filter(([name, form]) => form.test(String(search[name] ?? '')))
  return Object.fromEntries(known.map(([name]) => [name, String(search[name]) as Value]))
}

export function yearIn({ year }: Record<string, unknown>): { year?: number } {
  return /^2\d{3}$/.test(String(year)) ? { year: Number(year) } : {}
}
