import { useEffect, useRef, useState } from 'react'
import { useAsker } from './session.tsx'

interface Kept<Value> {
  at: string
  value: Value
}

export interface KeptForm<Value> {
  value: Value
  change: (value: Value) => void
  /** What was typed before and not sent; offered, never put in by itself. */
  found: { at: string; restore: () => void; discard: () => void } | undefined
  /** When the text was last put aside. */
  keptAt: string | undefined
  /** Sent: nothing is kept any more. */
  done: () => void
}

const PAUSE_MS = 500

/**
 * A form's text, put aside half a second after the last key, per account. It stays on this computer until it is sent: only for what
 * names nobody (ids and amounts, no names or numbers of people).
 */
export function useKept<Value>(name: string, initial: Value): KeptForm<Value> {
  const { login } = useAsker()
  const place = `minben.form.${login}.${name}`
  const [value, setValue] = useState(initial)
  const [earlier, setEarlier] = useState(() => readKept<Value>(place))
  const [keptAt, setKeptAt] = useState<string>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    value,
    keptAt,
    change: (next) => {
      setValue(next)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => setKeptAt(keep(place, next)), PAUSE_MS)
    },
    found: earlier && {
      at: earlier.at,
      restore: () => {
        setValue(earlier.value)
        setEarlier(undefined)
      },
      discard: () => {
        localStorage.removeItem(place)
        setEarlier(undefined)
      },
    },
    done: () => {
      clearTimeout(timer.current)
      localStorage.removeItem(place)
      setKeptAt(undefined)
    },
  }
}

function readKept<Value>(place: string): Kept<Value> | undefined {
  try {
    return (JSON.parse(localStorage.getItem(place) ?? 'null') as Kept<Value> | null) ?? undefined
  } catch {
    return undefined
  }
}

function keep(place: string, value: unknown): string | undefined {
  const at = new Date().toISOString()
  try {
    localStorage.setItem(place, JSON.stringify({ at, value }))
    return at
  } catch {
    return undefined
  }
}
