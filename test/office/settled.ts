/// <reference lib="dom" />
import type { Page, Request } from 'playwright-core'

/** When a page has done what it was opened for: told by what it asks, not by waiting for half a second of silence. */

interface Watched {
  open: Set<Request>
  asked: number
}

const pages = new WeakMap<Page, Watched>()

/** From before the page is first opened. */
export function watchRequests(page: Page): void {
  const watched: Watched = { open: new Set(), asked: 0 }
  pages.set(page, watched)
  page.on('request', (request) => {
    // What the page before it was still waiting for, nobody waits for now.
    if (request.isNavigationRequest()) watched.open.clear()
    if (!new URL(request.url()).pathname.startsWith('/api/')) return
    watched.open.add(request)
    watched.asked += 1
  })
  const answered = (request: Request) => void watched.open.delete(request)
  page.on('requestfinished', answered).on('requestfailed', answered)
}

const MOST_LOOKS = 400

/** Nothing is being read, its type is there, and for a moment it has asked for nothing more. */
export async function settled(page: Page): Promise<void> {
  const watched = pages.get(page)
  if (!watched) throw new Error('nobody watches what this page asks')
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const before = watched.asked
    const isStill = await page.evaluate(isStillHere)
    if (isStill && watched.open.size === 0 && watched.asked === before) return
  }
  throw new Error(`${page.url()} still waits for ${[...watched.open].map((each) => each.url()).join(', ')}`)
}

/** Runs in the browser; its moment begins when the page is not busy with something else. */
async function isStillHere(): Promise<boolean> {
  await document.fonts.ready
  await new Promise((resolve) => setTimeout(resolve, 50))
  return document.querySelector('.loading, [aria-busy="true"]') === null
}
