import { expect, test } from 'vitest'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'

test('a password is stored as Argon2id with 19 MiB and 2 passes, salted each time', async () => {
  const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])

  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(first).not.toBe(second)
  expect(needsRehash(first)).toBe(false)
})

test('only the right password passes, full-width letters count as their plain form', async () => {
  const stored = await hashPassword('Minben2026密')

  expect(await verifyPassword(stored, 'Minben2026密')).toBe(true)
  expect(await verifyPassword(stored, 'Ｍinben２０２６密')).toBe(true)
  expect(await verifyPassword(stored, 'minben2026密')).toBe(false)
})

test('without an account no password passes, not even the one of the decoy', async () => {
  expect(await verifyPassword(undefined, 'no account has this password')).toBe(false)
})

test.each([
  [256, true],
  [257, false],
])('a password of %i characters is accepted: %s', async (length, accepted) => {
  const hashing = hashPassword('x'.repeat(length))

  if (accepted) expect(await verifyPassword(await hashing, 'x'.repeat(length))).toBe(true)
  else await expect(hashing).rejects.toMatchObject({ code: 'platform.password_too_long' })
})

test('a hash made with less memory is to be renewed', () => {
  expect(
    needsRehash(
      '$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ),
  ).toBe(true)
})
