import { createContext } from 'react'

/** In how many layers a component stands: 0 = the page, 1 = a dialog or drawer before it, 2 = a dialog before that. */
export const Layer = createContext(0)

/** How many stand before the page now; one that is fading out is gone. */
export function layersOpen(): number {
  return document.querySelectorAll('.veil:not([data-exiting])').length
}
