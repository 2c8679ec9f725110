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
  /** A second factor has to be set up before anything else; until then there are no permissions. */
  needsSecondFactor: z.boolean(),
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
  title: '登录；开启了动态验证码的，还要答验证码',
  input: z.object({ login: z.string().trim().min(1).max(40), password: z.string().min(1).max(256) }),
  output: z.union([Me, z.object({ next: z.literal('code') })]),
})
export const answerCodeEndpoint = endpoint({
  method: 'POST',
  path: '/api/session/code',
  title: '登录第二步：验证码或一个恢复码',
  input: z.object({ code: z.string().trim().min(1).max(40) }),
  output: Me,
})
/** What the sign-in page offers besides the password. */
export const signInWaysEndpoint = endpoint({
  method: 'GET',
  path: '/api/session/ways',
  title: '有哪些登录方式',
  input: z.object({}),
  output: z.object({ outside: z.object({ title: z.string(), issuer: z.string() }).nullable() }),
})
export const startOutsideEndpoint = endpoint({
  method: 'POST',
  path: '/api/session/outside',
  title: '开始用外部身份登录：答复里是身份提供方的地址',
  input: z.object({}),
  output: z.object({ url: z.string() }),
})
export const getMeEndpoint = endpoint({
  method: 'GET',
  path: '/api/session',
  title: '当前登录人；没有登录的，下一步填什么',
  input: z.object({}),
  /** A sign-in that has ended is refused, as everywhere; whoever brings none is told the way in. */
  output: z.union([Me, z.object({ next: z.enum(['password', 'code']) })]),
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
