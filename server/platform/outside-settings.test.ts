import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readOutsideSettings } from './outside-settings.ts'

const whole = {
  MINBEN_OIDC_ISSUER: 'https://id.example.gov.cn',
  MINBEN_OIDC_CLIENT: 'minben',
  MINBEN_OIDC_SECRET: 'secret',
  MINBEN_URL: 'https://minben.example.gov.cn',
}

test('without a provider there is nothing to configure', () => {
  expect(readOutsideSettings({})).toBeUndefined()
})

test('a whole configuration says who to ask, which claim names a person, and where to come back to', () => {
  expect(readOutsideSettings(whole)).toEqual({
    ...{ issuer: 'https://id.example.gov.cn/', clientId: 'minben', secret: 'secret', claim: 'sub' },
    ...{ title: '统一身份认证', returnTo: 'https://minben.example.gov.cn/api/session/outside/return' },
  })
})

test('the secret may lie in a file', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'outside-')), 'secret')
  writeFileSync(file, 'from the file\n')

  expect(
    readOutsideSettings({ ...whole, MINBEN_OIDC_SECRET: undefined, MINBEN_OIDC_SECRET_FILE: file }),
  ).toMatchObject({ secret: 'from the file' })
})

test.each([
  ['no client', { MINBEN_OIDC_CLIENT: undefined }],
  ['no secret', { MINBEN_OIDC_SECRET: '' }],
  ['no address of our own', { MINBEN_URL: undefined }],
  ['a provider without TLS', { MINBEN_OIDC_ISSUER: 'http://id.example.gov.cn' }],
  ['an address of our own without TLS', { MINBEN_URL: 'http://minben.example.gov.cn' }],
  ['a provider that is no address', { MINBEN_OIDC_ISSUER: 'id.example.gov.cn' }],
])('%s stops the start', (_, change) => {
  expect(() => readOutsideSettings({ ...whole, ...change })).toThrow(
    expect.objectContaining({ code: 'platform.outside_settings' }),
  )
})

test('on this machine itself a provider may be tried without TLS', () => {
  const local = { MINBEN_OIDC_ISSUER: 'http://127.0.0.1:9000', MINBEN_URL: 'http://localhost:8080' }

  expect(readOutsideSettings({ ...whole, ...local })).toMatchObject({ issuer: 'http://127.0.0.1:9000/' })
})
