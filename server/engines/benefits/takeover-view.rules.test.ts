import { expect, test } from 'vitest'
import { heldTwice, repeatedHolders } from './takeover-view.rules.ts'

const line = (holderId: string, program = 'subsistence_allowance', replacesId: string | null = null) => {
  return { program, holderId, replacesId }
}
const held = (id: string, holderId: string, program = 'subsistence_allowance') => ({ id, program, holderId })

test.each([
  ['nobody twice', [line('a'), line('b')], 0],
  ['two programmes of one holder are two matters', [line('a'), line('a', 'extreme_poverty_care')], 0],
  ['one holder three times is one holder', [line('a'), line('a'), line('a'), line('b')], 1],
])('repeated in a list: %s', (_, lines, count) => {
  expect(repeatedHolders(lines)).toBe(count)
})

test.each([
  ['nothing on file', [line('a')], [], 0],
  ['the same programme of the same holder', [line('a'), line('b')], [held('x', 'a')], 1],
  ['another programme', [line('a')], [held('x', 'a', 'extreme_poverty_care')], 0],
  ['the list says that it replaces it', [line('a', 'subsistence_allowance', 'x')], [held('x', 'a')], 0],
  ['it replaces one of two', [line('a', 'subsistence_allowance', 'x')], [held('x', 'a'), held('y', 'a')], 1],
])('on file already: %s', (_, lines, known, count) => {
  expect(heldTwice(lines, known)).toBe(count)
})
