import { z } from 'zod'
import { endpoint } from './endpoint.schema.ts'

export const Me = z.object({
  login: z.string(),
  fullName: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  /** Area codes: county 6, town 9, village 12 digits. */
  scope: z.array(z.string()),
  /** Names of these areas and of their counties, by code. */
  places: z.record(z.string(), z.string()),
  level: z.enum(['province', 'city', 'county', 'township', 'village']),
  isDemo: z.boolean(),
  /** Locks what this account types on a computer that others use too; only ever in the memory of a page. Base64, 32 bytes. */
  draftKey: z.string(),
})
export type Me = z.infer<typeof Me>

export const OpenSession = z.object({
  id: z.uuid(),
  device: z.string(),
  createdAt: z.string(),
  seenAt: z.string(),
  isThis: z.boolean(),
})

export const signInEndpoint = endpoint({
  method: 'POST',
  path: '/api/session',
  title: '登录',
  input: z.object({ login: z.string().trim().min(1).max(40), password: z.string().min(1).max(256) }),
  output: Me,
})
export const getMeEndpoint = endpoint({
  method: 'GET',
  path: '/api/session',
  title: '当前登录人',
  input: z.object({}),
  output: Me,
})
export const signOutEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/session',
  title: '退出登录',
  input: z.object({}),
  output: z.object({}),
})
export const listSessionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/sessions',
  title: '本人的登录',
  input: z.object({}),
  output: z.object({ sessions: z.array(OpenSession) }),
})
export const revokeSessionEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/sessions/:id',
  title: '结束本人的一个登录',
  input: z.object({ id: z.uuid() }),
  output: z.object({}),
})
export const changePasswordEndpoint = endpoint({
  method: 'POST',
  path: '/api/password',
  title: '修改本人密码',
  input: z.object({ current: z.string().min(1).max(256), next: z.string().min(1).max(256) }),
  output: z.object({}),
})
