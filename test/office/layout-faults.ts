/// <reference lib="dom" />
import type { Page } from 'playwright-core'

/** Widths of the screens that the office is used on; tall, so that a whole page is looked at. */
const SCREENS = [
  { width: 1280, height: 2400 },
  { width: 1024, height: 2400 },
]

/** What a reader would see go wrong in the layout: a page that scrolls sideways, text cut off, text over text. */
export async function layoutFaults(page: Page): Promise<string[]> {
  const before = page.viewportSize()
  const faults: string[] = []
  for (const screen of SCREENS) {
    await page.setViewportSize(screen)
    faults.push(...(await page.evaluate(faultsHere)).map((fault) => `${screen.width}: ${fault}`))
  }
  if (before) await page.setViewportSize(before)
  return faults
}

/** Runs in the browser: everything that it needs stands inside. */
function faultsHere(): string[] {
  const faults = [...document.querySelectorAll('html, .app, .main, .page-body')]
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => `${box.className || box.tagName} scrolls sideways by ${box.scrollWidth - box.clientWidth}`)

  interface Seen {
    text: string
    node: Text
    rect: { left: number; right: number; top: number; bottom: number }
  }
  const seen: Seen[] = []

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? ''
    const holder = node.parentElement
    if (text === '' || !holder || holder.closest('.hidden, .skip, option, script, noscript')) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const { left, right, top, bottom } of range.getClientRects()) {
      if (right - left < 1 || bottom - top < 1) continue
      // Glyphs are smaller than their line: a quarter of it above and below is air.
      const air = (bottom - top) / 4
      const rect = { left, right, top: top + air, bottom: bottom - air }
      let isReachable = true
      let isTitled = false
      for (let box: Element | null = holder; box && box !== document.body; box = box.parentElement) {
        isTitled ||= box.hasAttribute('title')
        const { overflowX, overflowY, position } = getComputedStyle(box)
        if (overflowX === 'visible' && overflowY === 'visible') {
          if (position === 'fixed') break
          continue
        }
        const edge = box.getBoundingClientRect()
        const isCut =
          rect.right > edge.right + 1 || rect.left < edge.left - 1 || rect.bottom > edge.bottom + 1
        if (isCut && isReachable && !isTitled && overflowX !== 'auto' && overflowX !== 'scroll') {
          const sideways = rect.right > edge.right + 1 || rect.left < edge.left - 1
          if (sideways || (overflowY !== 'auto' && overflowY !== 'scroll'))
            faults.push(`“${text.slice(0, 30)}” is cut off by ${box.className || box.tagName}`)
        }
        if (['auto', 'scroll'].includes(overflowX) || ['auto', 'scroll'].includes(overflowY))
          isReachable = false
        rect.left = Math.max(rect.left, edge.left)
        rect.right = Math.min(rect.right, edge.right)
        rect.top = Math.max(rect.top, edge.top)
        rect.bottom = Math.min(rect.bottom, edge.bottom)
      }
      if (rect.right > rect.left && rect.bottom > rect.top) seen.push({ text, node: node as Text, rect })
    }
  }

  seen.sort((a, b) => a.rect.top - b.rect.top)
  for (const [index, one] of seen.entries()) {
    for (let at = index + 1; at < seen.length; at += 1) {
      const other = seen[at]
      if (!other || other.rect.top >= one.rect.bottom) break
      if (other.node === one.node) continue
      const width = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left)
      if (width > 2) faults.push(`“${one.text.slice(0, 30)}” lies over “${other.text.slice(0, 30)}”`)
    }
  }
  return [...new Set(faults)].slice(0, 20)
}
