import { encode } from 'uqr'

/** Black on white whatever the theme is: cameras want it so. The edge of four modules is part of the code. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data } = encode(text, { border: 4 })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])))
  return (
    <svg className="qr" viewBox={`0 0 ${data.length} ${data.length}`} role="img" aria-label={label}>
      <path d={dark.join('')} />
    </svg>
  )
}
