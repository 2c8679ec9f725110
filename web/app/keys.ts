import { useContext, useEffect, useRef } from 'react'
import { Layer, layersOpen } from '../ui/layers.ts'

/** 'F8', 'Ctrl+K', 'J', '/', '?' … as printed on the screen. */
export type Keys = Readonly<Record<string, (() => void) | undefined>>

/**
 * Keys of a page, or of the layer before it where they are used: a page's do nothing while a layer is open, but for those that act
 * `everywhere`. Single letters are for lists and never act while somebody types; nothing acts while an input method composes.
 */
export function useKeys(keys: Keys, { everywhere = false } = {}): void {
  const layer = useContext(Layer)
  const known = useRef(keys)
  useEffect(() => {
    known.current = keys
  })
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.isComposing || event.defaultPrevented) return
      if (!everywhere && layersOpen() > layer) return
      const name = nameOf(event)
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1
      if (isPlain && isTyping(event.target)) return
      const act = known.current[name]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [layer, everywhere])
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const control = event.ctrlKey || event.metaKey ? 'Ctrl+' : ''
  return `${control}${event.altKey ? 'Alt+' : ''}${key}`
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}
