import * as oidc from 'openid-client'
import { unavailable } from './errors.ts'
import { isPlainLoopback, type OutsideSettings } from './outside-settings.ts'

/** What has to be kept between leaving for the provider and coming back; of no use to whoever has only the answer. */
export interface OutsideTrip {
  state: string
  nonce: string
  verifier: string
}

export interface OutsideProvider extends Pick<OutsideSettings, 'issuer' | 'title' | 'returnTo'> {
  /** Throws `platform.outside_unreachable`. */
  leave: () => Promise<{ url: string; trip: OutsideTrip }>
  /** Who it is, by the configured claim; undefined = the answer is not one to this trip, or names nobody. */
  comeBack: (trip: OutsideTrip, url: URL) => Promise<string | undefined>
}

const TIMEOUT_SECONDS = 10

/** The authorization code flow with PKCE, state and nonce. The provider is looked up when it is first needed. */
export function outsideProvider(settings: OutsideSettings): OutsideProvider {
  const { issuer, title, returnTo, claim } = settings
  let known: Promise<oidc.Configuration> | undefined
  const configuration = () => {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
  return {
    ...{ issuer, title, returnTo },
    leave: async () => {
      const provider = await configuration()
      const trip = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(provider, {
        ...{ redirect_uri: returnTo, scope: 'openid profile', state: trip.state, nonce: trip.nonce },
        ...{
          code_challenge: await oidc.calculatePKCECodeChallenge(trip.verifier),
          code_challenge_method: 'S256',
        },
      })
      return { url: url.href, trip }
    },
    comeBack: async (trip, url) => {
      const provider = await configuration()
      try {
        return await nameOf(provider, claim, { trip, url })
      } catch (error) {
        if (isAnswerRefused(error)) return undefined
        throw isOutOfReach(error) ? unreachable(error) : error
      }
    },
  }
}

async function discover({ issuer, clientId, secret }: OutsideSettings): Promise<oidc.Configuration> {
  try {
    return await oidc.discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretBasic(secret), {
      timeout: TIMEOUT_SECONDS,
      execute: isPlainLoopback(issuer) ? [oidc.allowInsecureRequests] : [],
    })
  } catch (error) {
    throw isAnswerRefused(error) || isOutOfReach(error) ? unreachable(error) : error
  }
}

async function nameOf(
  provider: oidc.Configuration,
  claim: string,
  { trip, url }: { trip: OutsideTrip; url: URL },
): Promise<string | undefined> {
  const tokens = await oidc.authorizationCodeGrant(provider, url, {
    ...{ pkceCodeVerifier: trip.verifier, expectedState: trip.state, expectedNonce: trip.nonce },
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (!claims) return undefined
  const stated = claims[claim] ?? (await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub))[claim]
  return typeof stated === 'string' && stated !== '' ? stated : undefined
}

/** The provider answered and said no, or what came back is not its answer to this trip. */
function isAnswerRefused(error: unknown): boolean {
  return (
    error instanceof oidc.AuthorizationResponseError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.WWWAuthenticateChallengeError ||
    (error instanceof oidc.ClientError && error.code !== undefined && !NO_ANSWER.has(error.code))
  )
}

/** No answer in time, or one of what stands before the provider: 502 Bad Gateway. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
])

/** A connection that fails is a TypeError with the reason as its cause; one without is a mistake of ours. */
function isOutOfReach(error: unknown): boolean {
  if (error instanceof oidc.ClientError) return error.code !== undefined && NO_ANSWER.has(error.code)
  return error instanceof TypeError && error.cause instanceof Error
}

function unreachable(cause: unknown) {
  const error = unavailable(
    'platform.outside_unreachable',
    '身份提供方没有应答，没有登录。请稍后再试，或用账号和密码登录。',
  )
  error.cause = cause
  return error
}
