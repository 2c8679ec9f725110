import { expect, test } from 'vitest'
import {
  AppError,
  conflict,
  ERROR_CODE_PATTERN,
  forbidden,
  invalid,
  isAppError,
  notFound,
  unavailable,
} from './errors.ts'

test.each([
  ['invalid', invalid, 422],
  ['notFound', notFound, 404],
  ['conflict', conflict, 409],
  ['forbidden', forbidden, 403],
  ['unavailable', unavailable, 503],
])('%s carries code, message and details under its own status', (_name, construct, status) => {
  const error = construct('platform.example', '示例：请重试', { month: '2026-03' })

  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'AppError',
    status,
    code: 'platform.example',
    message: '示例：请重试',
    details: { month: '2026-03' },
  })
})

test('an error without details answers with none', () => {
  expect(JSON.stringify({ details: conflict('platform.example', '示例').details })).toBe('{}')
})

test('only an AppError is one: a bug is not shown to the user', () => {
  expect(isAppError(new AppError('示例', { status: 418, code: 'platform.example' }))).toBe(true)
  expect(isAppError(new TypeError('x is undefined'))).toBe(false)
  expect(isAppError({ status: 422, code: 'platform.example', message: '示例' })).toBe(false)
})

test.each([
  ['platform.date_format', true],
  ['social_assistance.standard_2026', true],
  ['platform', false],
  ['platform.dates.format', false],
  ['Platform.date', false],
  ['platform.date-format', false],
])('%s looks like a code: %s', (code, expected) => {
  expect(ERROR_CODE_PATTERN.test(code)).toBe(expected)
})
