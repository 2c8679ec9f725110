import { Mark, type MarkName } from './Icon.tsx'

export type Tone = 'off' | 'go' | 'warn' | 'wait' | 'ok' | 'bad'

const SHAPES: Readonly<Record<Tone, MarkName>> = {
  off: 'none',
  go: 'half',
  warn: 'triangle',
  wait: 'square',
  ok: 'tick',
  bad: 'cross',
}

/** A state: shape, word, colour. */
export function Chip({ tone, word }: { tone: Tone; word: string }) {
  return (
    <span className={tone === 'off' ? 'chip' : `chip chip-${tone}`}>
      <Mark name={SHAPES[tone]} size={11} />
      {word}
    </span>
  )
}
