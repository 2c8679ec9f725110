import { z } from 'zod'
import { endpoint } from './endpoint.schema.ts'

/** One's own second factor. */

const Code = z.string().trim().min(1).max(40)
/** Absent where the account has none. */
const Password = z.string().min(1).max(256).optional()
const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })

export const getSecondFactorEndpoint = endpoint({
  method: 'GET',
  path: '/api/second-factor',
  title: '本人的动态验证码',
  input: z.object({}),
  output: z.object({
    /** Null = off. */
    turnedOnAt: z.string().nullable(),
    isRequired: z.boolean(),
    /** Otherwise one signs in from outside alone, and no password is asked for. */
    hasPassword: z.boolean(),
    /** Recovery codes not used yet. */
    codesLeft: z.number().int(),
  }),
})
export const startSecondFactorEndpoint = endpoint({
  method: 'POST',
  path: '/api/second-factor/start',
  title: '生成动态验证码的密钥（只在这次答复里显示），确认前不生效',
  input: z.object({ password: Password }),
  output: z.object({
    /** Base32, as it is typed into an authenticator. */
    secret: z.string(),
    /** What the QR code holds. */
    uri: z.string(),
  }),
})
export const confirmSecondFactorEndpoint = endpoint({
  method: 'POST',
  path: '/api/second-factor/confirm',
  title: '用一个验证码确认并开启，得到恢复码（只在这次答复里显示）',
  input: z.object({ code: Code }),
  output: RecoveryCodes,
})
export const renewRecoveryCodesEndpoint = endpoint({
  method: 'POST',
  path: '/api/second-factor/recovery-codes',
  title: '换一组恢复码，原来的全部作废',
  input: z.object({ password: Password, code: Code }),
  output: RecoveryCodes,
})
export const turnOffSecondFactorEndpoint = endpoint({
  method: 'POST',
  path: '/api/second-factor/off',
  title: '关闭本人的动态验证码',
  input: z.object({ password: Password, code: Code }),
  output: z.object({}),
})
