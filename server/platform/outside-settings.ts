import { z } from 'zod'
import { readEnvironment, readSettingFile } from './environment.ts'
import { invalid } from './errors.ts'

/** Sign-in by a provider of the region (OpenID Connect): where it is, how it knows this office, and which of its claims names a person. */
export interface OutsideSettings {
  issuer: string
  clientId: string
  secret: string
  claim: string
  /** On the button: 用…登录. */
  title: string
  /** Where the provider sends people back to. */
  returnTo: string
}

export const OUTSIDE_RETURN = '/api/session/outside/return'

const Environment = z.object({
  MINBEN_OIDC_ISSUER: z.string().optional(),
  MINBEN_OIDC_CLIENT: z.string().optional(),
  MINBEN_OIDC_SECRET: z.string().optional(),
  MINBEN_OIDC_SECRET_FILE: z.string().optional(),
  MINBEN_OIDC_CLAIM: z.string().default('sub'),
  MINBEN_OIDC_TITLE: z.string().default('统一身份认证'),
  MINBEN_URL: z.string().optional(),
})

/** Undefined = not configured. Half a configuration, or one that would send secrets in the clear, stops the start. */
export function readOutsideSettings(env: NodeJS.ProcessEnv): OutsideSettings | undefined {
  const values = readEnvironment(Environment, env)
  if (!values.MINBEN_OIDC_ISSUER) return undefined
  const secretFile = values.MINBEN_OIDC_SECRET_FILE
  const secret = secretFile
    ? readSettingFile('MINBEN_OIDC_SECRET_FILE', secretFile)
    : values.MINBEN_OIDC_SECRET
  const issuer = safeUrl('MINBEN_OIDC_ISSUER', values.MINBEN_OIDC_ISSUER)
  return {
    issuer: issuer.href,
    clientId: required('MINBEN_OIDC_CLIENT', values.MINBEN_OIDC_CLIENT),
    secret: required('MINBEN_OIDC_SECRET 或 MINBEN_OIDC_SECRET_FILE', secret),
    claim: values.MINBEN_OIDC_CLAIM,
    title: values.MINBEN_OIDC_TITLE,
    returnTo: new URL(
      OUTSIDE_RETURN,
      safeUrl('MINBEN_URL', required('MINBEN_URL（本系统对外的网址）', values.MINBEN_URL)),
    ).href,
  }
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** A provider on this machine may be asked without TLS: for tests and trials. */
export function isPlainLoopback(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer)
  return protocol === 'http:' && LOOPBACK.has(hostname)
}

function safeUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || (url && isPlainLoopback(url.href))) return url
  throw invalid(
    'platform.outside_settings',
    `${name} 不是可用的网址：要以 https:// 开头，只有本机可以用 http://。`,
  )
}

function required(name: string, value: string | undefined): string {
  if (value) return value
  throw invalid('platform.outside_settings', `设了 MINBEN_OIDC_ISSUER，还缺 ${name}。请补齐后重新启动。`)
}
