/// <reference lib="dom" />
import type { Page } from 'playwright-core'

/** Tab until the focus is on what is looked for. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate(() => {
      const here = document.activeElement as HTMLElement | null
      const label = (here as HTMLInputElement | null)?.labels?.[0]?.innerText
      return [here?.getAttribute('aria-label'), here?.innerText, label].filter(Boolean).join(' ')
    })
    if (name.test(text.trim())) return
  }
  throw new Error(`no way to ${String(name)} by Tab`)
}
