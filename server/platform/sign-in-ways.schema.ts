import { z } from 'zod'
import { County, endpoint } from './endpoint.schema.ts'

/** How an account of the county signs in, as its security administrator sees and rules it. */

const oneAccount = { county: County, login: z.string().min(1).max(40) }
const Done = z.object({ login: z.string() })

export const showSignInWaysEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/accounts/:login/sign-in-ways',
  title: '账号的登录方式',
  input: z.object(oneAccount),
  output: z.object({
    secondFactor: z.object({
      /** Null = off. */
      turnedOnAt: z.string().nullable(),
      /** By the account itself or by one of its roles. */
      isRequired: z.boolean(),
      isRequiredOfAccount: z.boolean(),
      codesLeft: z.number().int(),
    }),
    outside: z.array(
      z.object({
        id: z.uuid(),
        issuer: z.string(),
        subject: z.string(),
        boundAt: z.string(),
        boundBy: z.string(),
      }),
    ),
  }),
})
export const resetSecondFactorEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/second-factor/reset',
  title: '重置账号的动态验证码，结束其全部登录',
  input: z.object(oneAccount),
  output: Done,
})
export const ruleAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/second-factor/rule',
  title: '要求或不再要求账号使用动态验证码',
  input: z.object({ ...oneAccount, isRequired: z.boolean() }),
  output: Done,
})
export const ruleRoleEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/roles/:role/second-factor',
  title: '要求或不再要求本县一个岗位使用动态验证码',
  input: z.object({ county: County, role: z.string().max(60), isRequired: z.boolean() }),
  output: z.object({ role: z.string() }),
})
export const bindOutsideEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/outside-identities',
  title: '绑定外部身份',
  input: z.object({ ...oneAccount, issuer: z.string(), subject: z.string() }),
  output: Done,
})
export const unbindOutsideEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/outside-identities/:identityId/unbind',
  title: '解除外部身份',
  input: z.object({ ...oneAccount, identityId: z.uuid() }),
  output: Done,
})
