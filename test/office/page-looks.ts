/// <reference lib="dom" />
import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import type { Display } from './office-world.ts'

/** How every page is looked at, in every state. */

export const APPEARANCES: readonly Display[] = (['light', 'dark', 'contrast'] as const).flatMap((theme) =>
  (['normal', 'large'] as const).map((size) => ({ theme, size })),
)
export const PLAIN: Display = { theme: 'light', size: 'normal' }

/** Written when asked for: npm test looks at the pages without keeping pictures. */
export const PICTURES = process.env.MINBEN_PICTURES

/** The addresses that the router knows, read from where they are written. */
export function routerPaths(): string[] {
  const folder = path.resolve(import.meta.dirname, '../../web/app/routes')
  const text = readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n')
  return [...text.matchAll(/^\s*path: '([^']+)'|path: '([^']+)', component/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
}

/** All rules in the first appearance; a theme changes the colours alone, and large type, which has those of its theme, the sizes. */
const COLOURS = ['color-contrast', 'link-in-text-block']
const SIZES = ['target-size', 'scrollable-region-focusable']

/** What axe finds of moderate weight or more. */
export async function judge(page: Page, { theme, size }: Display): Promise<string[]> {
  // The office has no frames: axe need not be brought into each of them, nor its results joined in a window of their own.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const isPlain = theme === PLAIN.theme && size === PLAIN.size
  const changed = size === 'large' ? SIZES : COLOURS
  const { violations } = await (isPlain ? axe : axe.withRules(changed)).analyze()
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** As the tools at the top do: the page stays, its appearance changes. */
export async function show(page: Page, display: Display): Promise<void> {
  await page.evaluate((chosen) => void Object.assign(document.documentElement.dataset, chosen), display)
}

export async function take(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: path.join(PICTURES, `${name.replaceAll(/[/$ ]/g, '_')}.png`) })
}
