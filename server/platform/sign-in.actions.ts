import { randomBytes } from 'node:crypto'
import type { Deps } from './command.ts'
import type { Tx } from './db.ts'
import { AppError } from './errors.ts'
import { endHalfSession, findHalfSession, insertHalfSession } from './half-session.db.ts'
import { useCode } from './second-factor.actions.ts'
import {
  DONE,
  findSignedIn,
  hashOfToken,
  recorded,
  SESSION,
  type Deed,
  type SignedIn,
} from './session.actions.ts'
import {
  clearFailedSignIns,
  findCredentials,
  holdAccount,
  insertSession,
  recordFailedSignIn,
  type Credentials,
  type HeldAccount,
} from './session.db.ts'
import { TOOLS, type SignInTools } from './sign-in-tools.ts'
import { uuidv7 } from './uuid.ts'

export interface SignInInput {
  login: string
  password: string
  device: string
}

/** A session, or half of one that waits for the code; the token goes into the cookie and nowhere else. */
export type Entry = { way: 'session'; token: string; signedIn: SignedIn } | { way: 'half'; token: string }

/**
 * An unknown name, a wrong password, a locked and a closed account give the same answer after the same work, with a second factor or
 * without, so that nobody learns who has an account.
 */
export async function signIn(
  deps: Deps,
  { login, password, device }: SignInInput,
  tools: SignInTools = TOOLS,
): Promise<Entry> {
  const credentials = await findCredentials(deps.database.app, login)
  const isProved = await tools.verify(credentials?.passwordHash ?? undefined, password)
  const entry = await enter(deps, { credentials, isProved, by: 'password', device })
  if (entry) return entry
  throw refused('platform.sign_in_refused', '登录名或密码不对，或账号暂时停用', '忘记密码请找安全管理员。')
}

function refused(code: string, what: string, remedy: string): AppError {
  const rule = `连续错 ${SESSION.mostFailures} 次会停用 ${SESSION.lockMinutes} 分钟`
  return new AppError(`${what}（${rule}）。${remedy}`, { status: 401, code })
}

export interface Entering {
  /** Undefined = nobody has this name. */
  credentials: Credentials | undefined
  /** Whether the password is right, or an outside provider has said who this is. */
  isProved: boolean
  by: 'password' | 'outside'
  device: string
}

/** What follows the first proof; undefined = refused, with its row. */
export async function enter(deps: Deps, entering: Entering): Promise<Entry | undefined> {
  const { credentials, by, device } = entering
  const token = randomBytes(32).toString('base64url')
  const deed = { actorId: credentials?.accountId ?? null, subject: { by } }
  const { way } = await recorded(
    deps,
    credentials?.county,
    async (tx): Promise<Deed & { way?: Entry['way'] }> => {
      const account = await letIn(tx, entering)
      if (!account || !credentials) {
        const code = 'platform.sign_in_refused'
        return { ...deed, event: 'platform.session.opened', outcome: 'refused', code }
      }
      const opened = { id: uuidv7(), tokenHash: hashOfToken(token), device }
      const { accountId } = credentials
      if (account.hasSecondFactor) {
        await insertHalfSession(tx, { ...opened, accountId, minutes: SESSION.halfMinutes })
        return { ...deed, event: 'platform.session.half_opened', ...DONE, way: 'half' }
      }
      await clearFailedSignIns(tx, accountId)
      await insertSession(tx, { ...opened, accountId, hours: SESSION.hours })
      return { ...deed, event: 'platform.session.opened', ...DONE, way: 'session' }
    },
  )
  if (way === 'half') return { way, token }
  const signedIn = way && (await findSignedIn(deps, token))
  return signedIn && { way: 'session', token, signedIn }
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** The same statements whether somebody has the name or not; a locked account is not counted on. Undefined = not let in. */
async function letIn(tx: Tx, { credentials, isProved, by }: Entering): Promise<HeldAccount | undefined> {
  const accountId = credentials?.accountId ?? NOBODY
  const account = await holdAccount(tx, accountId)
  const isStillProof = by === 'outside' || account.passwordHash === credentials?.passwordHash
  if (!account.isLocked && account.isActive && isProved && isStillProof) return account
  await recordFailedSignIn(tx, { accountId, ...SESSION })
  return undefined
}

/** Whether this token is half a session that still waits for its code. */
export async function isHalfWay(deps: Deps, halfToken: string | undefined): Promise<boolean> {
  if (halfToken === undefined) return false
  return (await findHalfSession(deps.database.app, hashOfToken(halfToken))) !== undefined
}

/**
 * The second step. Wrong codes count with wrong passwords, and only both steps together end the counting. Throws
 * `platform.code_refused`, `platform.half_session_over`.
 */
export async function answerCode(
  deps: Deps,
  { halfToken, code }: { halfToken: string; code: string },
  tools: SignInTools = TOOLS,
): Promise<{ token: string; signedIn: SignedIn }> {
  const hash = hashOfToken(halfToken)
  const half = await findHalfSession(deps.database.app, hash)
  if (!half) throw halfSessionOver()
  const { id, accountId, county, device } = half
  const seconds = await tools.seconds(deps.database.app)
  const token = randomBytes(32).toString('base64url')
  const deed = { event: 'platform.session.opened', actorId: accountId }
  const done = await recorded(deps, county, async (tx): Promise<Deed> => {
    const { isLocked } = await holdAccount(tx, accountId)
    // Before a recovery code is used up for nothing.
    if (!(await findHalfSession(tx, hash)))
      return { ...deed, outcome: 'refused', code: 'platform.half_session_over' }
    const using = { keys: deps.keys, accountId, typed: code, seconds }
    const by = isLocked ? undefined : await useCode(tx, using)
    if (by === undefined || !(await endHalfSession(tx, id))) {
      await recordFailedSignIn(tx, { accountId, ...SESSION })
      return { ...deed, outcome: 'refused', code: 'platform.code_refused' }
    }
    await clearFailedSignIns(tx, accountId)
    const opened = { id: uuidv7(), tokenHash: hashOfToken(token), accountId, device }
    await insertSession(tx, { ...opened, hours: SESSION.hours })
    return { ...deed, ...DONE, subject: { by } }
  })
  const signedIn = done.outcome === 'done' ? await findSignedIn(deps, token) : undefined
  if (signedIn) return { token, signedIn }
  if (done.code === 'platform.half_session_over') throw halfSessionOver()
  throw refused(
    'platform.code_refused',
    '验证码不对、已经用过，或账号暂时停用',
    '请等下一个六位数字再填；手机不在手边，用一个恢复码，或找安全管理员重置。',
  )
}

export function halfSessionOver(): AppError {
  return new AppError(`超过 ${SESSION.halfMinutes} 分钟没有填验证码，或账号有了变动。请重新输入密码。`, {
    status: 401,
    code: 'platform.half_session_over',
  })
}
