/** Fen as people read money: 1,234.00. The server sends integers; nothing is computed with the text. */
export function money(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '−' : ''}${yuan}.${digits.slice(-2)}`
}

/** With a sign also for what came in: +1,234.00, −20.00, 0.00. */
export function signedMoney(fen: number): string {
  return fen > 0 ? `+${money(fen)}` : money(fen)
}

/** 30.4 万; below ten thousand yuan to the fen. For headings, never for a sum that is signed. */
export function roughMoney(fen: number): string {
  const yuan = Math.abs(fen) / 100
  if (yuan < 10_000) return `${money(Math.abs(fen))} 元`
  return `${(yuan / 10_000).toFixed(1)} 万元`
}

export function count(value: number): string {
  return value.toLocaleString('zh-CN')
}

/** '2020-11' → 2020 年 11 月 */
export function monthText(month: string): string {
  const [year = '', number = ''] = month.split('-')
  return `${year} 年 ${Number(number)} 月`
}

const CHINA = 'Asia/Shanghai'
const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: CHINA, dateStyle: 'short' })
const MINUTE = new Intl.DateTimeFormat('sv-SE', { timeZone: CHINA, dateStyle: 'short', timeStyle: 'short' })

/** An instant as the office's clock shows it: 2020-11-20. */
export function day(instant: string): string {
  return DAY.format(new Date(instant))
}

/** 2020-11-20 09:12 */
export function minute(instant: string): string {
  return MINUTE.format(new Date(instant))
}

/** Today in China, by this computer's clock. */
export function today(): string {
  return DAY.format(new Date())
}

/** 2020-11, or 2020-09 至 2020-11 */
export function spanText(from: string | null, to: string | null): string {
  if (from === null || to === null) return '—'
  return from === to ? from : `${from} 至 ${to}`
}

/** A figure of statistics: money and levels to the fen, counts as they are. */
export function figure(value: number, unit: string): string {
  const digits = unit.startsWith('元') && !Number.isInteger(value) ? 2 : 0
  return value.toLocaleString('zh-CN', { minimumFractionDigits: digits, maximumFractionDigits: 2 })
}
