/** The bank files agreed on, by their key. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseLayout, type Layout } from './engines/funds/index.ts'

const FOLDER = path.resolve(import.meta.dirname, '../policies/layouts')

export const layouts: ReadonlyMap<string, Layout> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => parseLayout(JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8'))))
    .map((layout) => [layout.key, layout]),
)
