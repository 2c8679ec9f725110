import { useEffect, useRef, type RefObject } from 'react'

const ELSEWHERE =
  'textarea, select, input:not([type=checkbox]), [role=dialog], [role=radiogroup], [role=listbox], [role=tablist], [data-own-arrows]'

/** ↑ ↓ walk the rows of a list: each row has one link or button marked `data-row`, and the focus goes from one to the next. */
export function useRowKeys<Element extends HTMLElement>(): RefObject<Element | null> {
  const list = useRef<Element>(null)
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      if (step === 0 || event.isComposing || event.defaultPrevented) return
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
      if (event.target instanceof HTMLElement && event.target.closest(ELSEWHERE)) return
      const next = rowAfter(list.current, step)
      if (!next) return
      event.preventDefault()
      next.focus()
      next.scrollIntoView({ block: 'nearest' })
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return list
}

function rowAfter(list: HTMLElement | null, step: number): HTMLElement | undefined {
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  const here = document.activeElement?.closest('tr')
  const at = rows.findIndex((row) => {
    const line = row.closest('tr')
    return here && list?.contains(here) ? line === here : line?.getAttribute('aria-selected') === 'true'
  })
  return rows[Math.max(0, Math.min(rows.length - 1, at + step))]
}
