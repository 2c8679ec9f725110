import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { MUTATIONS, planted } from './mutations.ts'

const ROOT = path.resolve(import.meta.dirname, '..')

test('each of the twenty-two planted errors still has its one place in the code', () => {
  expect(MUTATIONS.length).toBe(22)
  for (const mutation of MUTATIONS) {
    const text = readFileSync(path.join(ROOT, mutation.file), 'utf8')

    expect(planted(mutation, text)).not.toBe(text)
  }
})
