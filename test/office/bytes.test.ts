import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { OFFICE_FILES } from '../../server/http-office.ts'

/** What a browser fetches, packed as it travels: the first page ≤ 250 kB, any further one ≤ 60 kB. */

interface Piece {
  file: string
  isEntry?: boolean
  isDynamicEntry?: boolean
  imports?: string[]
  css?: string[]
}

const manifest = JSON.parse(
  readFileSync(path.join(OFFICE_FILES, '.vite', 'manifest.json'), 'utf8'),
) as Record<string, Piece>

function filesOf(key: string, found = new Set<string>()): Set<string> {
  const piece = manifest[key]
  if (!piece || found.has(piece.file)) return found
  found.add(piece.file)
  for (const css of piece.css ?? []) found.add(css)
  for (const each of piece.imports ?? []) filesOf(each, found)
  return found
}

const sizeOf = (file: string) => gzipSync(readFileSync(path.join(OFFICE_FILES, file))).length
const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + sizeOf(file), 0)

const [entry = ''] = Object.keys(manifest).filter((key) => manifest[key]?.isEntry)
const first = filesOf(entry)

test('the first page', () => {
  expect(sum(first)).toBeGreaterThan(10_000)
  expect(sum(first)).toBeLessThanOrEqual(250_000)
})

test('every page after it', () => {
  const pages = Object.keys(manifest).filter((key) => manifest[key]?.isDynamicEntry)
  expect(pages.length).toBeGreaterThan(10)
  const heavy = pages
    .map((key) => ({ key, bytes: sum([...filesOf(key)].filter((file) => !first.has(file))) }))
    .filter(({ bytes }) => bytes > 60_000)
  expect(heavy).toEqual([])
})
