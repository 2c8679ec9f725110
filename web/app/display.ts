import { useSyncExternalStore } from 'react'

/** How this browser shows the office; theme.js sets the same three before the first paint. */
export interface Display {
  theme: 'light' | 'dark' | 'contrast'
  size: 'normal' | 'large'
  density: 'compact' | 'normal' | 'roomy'
}

const PLACE = 'minben.display'
const listeners = new Set<() => void>()

function root(): DOMStringMap {
  return document.documentElement.dataset
}

let current: Display = {
  theme: (root().theme ?? 'light') as Display['theme'],
  size: (root().size ?? 'normal') as Display['size'],
  density: (root().density ?? 'normal') as Display['density'],
}

export function setDisplay(change: Partial<Display>): void {
  current = { ...current, ...change }
  Object.assign(root(), current)
  try {
    localStorage.setItem(PLACE, JSON.stringify(current))
  } catch {
    // Storage is shut: the choice lasts until the page is closed.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useDisplay(): Display {
  return useSyncExternalStore(subscribe, () => current)
}
