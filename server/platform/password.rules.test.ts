import { expect, test } from 'vitest'
import { passwordProblem } from './password.rules.ts'

const own = { login: 'li.si', current: 'Present-2026' }

test.each([
  ['nine characters of four kinds', 'Ab3-Ab3-x', '至少要 10 个'],
  ['ten of two kinds', 'abcdefgh12', '三种'],
  ['fifteen of two kinds', 'abcdefgh1234567', '三种'],
  ['four different characters', 'aB1-aB1-aB1-', '重复'],
  ['the login', 'Xx-Li.Si-2026', '登录名'],
  ['the present one in full width', 'Ｐresent-２０２６', '相同'],
])('a password is refused for %s', (_, password, reason) => {
  expect(passwordProblem(password, own)).toContain(reason)
})

test.each([
  ['ten of three kinds', 'abcdefgH12'],
  ['sixteen of one kind', 'abcdefghijklmnop'],
  ['characters of Chinese as another kind', '山高水长abcd2026'],
])('a password is accepted with %s', (_, password) => {
  expect(passwordProblem(password, own)).toBeUndefined()
})
