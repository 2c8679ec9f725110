import { expect, test } from 'vitest'
import { maskAccount, maskPhone } from './masking.ts'

test.each([
  ['6217002710000684874', '***************4874'],
  ['6217 0027 1000 0684 874', '***************4874'],
  ['12345678', '****5678'],
  ['1234567', '*******'],
  ['', ''],
])('the account %s is shown as %s', (account, masked) => {
  expect(maskAccount(account)).toBe(masked)
})

test.each([
  ['13812345678', '138****5678'],
  ['138 1234 5678', '138****5678'],
  ['0763-6623456', '********456'],
  ['6623456', '****456'],
  ['12345', '*****'],
  ['23812345678', '********678'],
])('the phone %s is shown as %s', (phone, masked) => {
  expect(maskPhone(phone)).toBe(masked)
})
