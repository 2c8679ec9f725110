import { useEffect, useState } from 'react'

const PAUSE_MS = 120

/** A value once it has stayed for a moment: who walks through a list with the arrows opens only where they stop. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
