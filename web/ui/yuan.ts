/** '860', '860.5' or '12,000' in fen; undefined for anything that is no amount, rather than a guess. */
export function yuanOf(text: string): number | undefined {
  const match = /^(0|[1-9]\d{0,11})(?:\.(\d{1,2}))?$/.exec(text.replace(/[,，\s]/g, ''))
  if (!match) return undefined
  const [, yuan = '', decimals = ''] = match
  return Number(yuan) * 100 + Number(decimals.padEnd(2, '0'))
}

/** Fen as policies state them: 86000 → '860.00'. */
export function yuanText(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
}
