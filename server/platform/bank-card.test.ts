import { expect, test } from 'vitest'
import { looksLikeBankCard } from './bank-card.ts'

test.each([
  ['4111111111111111', true], // the usual published test number
  ['4111 1111 1111 1111', true],
  ['6217000000000000004', true],
  ['6217000000000000003', false],
  ['4111111111111112', false],
  ['80010000123456789', false], // a passbook account: valid for payment, so never more than a warning
  ['411111', false],
  ['4111-1111-1111-111X', false],
])('%s looks like a bank card: %s', (text, expected) => {
  expect(looksLikeBankCard(text)).toBe(expected)
})
