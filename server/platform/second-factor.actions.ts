import { createHmac, randomBytes } from 'node:crypto'
import type { Deps } from './command.ts'
import type { Tx } from './db.ts'
import { conflict, invalid, type AppError } from './errors.ts'
import { decryptField, encryptField } from './field-crypto.ts'
import type { KeyRing } from './keys.ts'
import { lengthPrefixed } from './length-prefix.ts'
import { readableSecret } from './readable.ts'
import {
  deleteSecondFactor,
  findSecondFactor,
  getSecondFactorState,
  insertSecondFactor,
  replaceRecoveryCodes,
  turnOnSecondFactor,
  useRecoveryCode,
  useStep,
} from './second-factor.db.ts'
import { countyOfSignIns, DONE, recorded, SESSION, type Deed, type SignedIn } from './session.actions.ts'
import {
  endSessionsOf,
  findCredentials,
  holdAccount,
  recordFailedSignIn,
  type HeldAccount,
} from './session.db.ts'
import type { SignInTools } from './sign-in-tools.ts'
import { acceptedStep, authenticatorUri, base32, TOTP } from './totp.rules.ts'
import { uuidv7 } from './uuid.ts'

const RECOVERY_CODES = 10

export type Factor = 'authenticator' | 'recovery_code'

interface Using {
  keys: KeyRing
  accountId: string
  typed: string
  seconds: number
}

/**
 * Which proof this is of an account whose row is held: the code of the moment, or one kept for emergencies. Either is used up by it;
 * undefined = it proves nothing.
 */
export async function useCode(tx: Tx, using: Using): Promise<Factor | undefined> {
  const { keys, accountId, seconds } = using
  const code = plainCode(using.typed)
  const factor = await findSecondFactor(tx, accountId)
  if (!factor || factor.turnedOnAt === null) return undefined
  if (!/^\d+$/.test(code)) {
    const isLeft = await useRecoveryCode(tx, accountId, recoveryHash(keys, accountId, code))
    return isLeft ? 'recovery_code' : undefined
  }
  const { id, lastStep } = factor
  const step = acceptedStep(secretOf(keys, factor), code, { seconds, lastStep })
  return step !== undefined && (await useStep(tx, id, step)) ? 'authenticator' : undefined
}

/** As people type it: in groups, with hyphens, in full width. */
function plainCode(typed: string): string {
  return typed.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '')
}

const PLACE = { table: 'platform.second_factor', column: 'secret_cipher' }

function secretOf(keys: KeyRing, { id, secretCipher }: { id: string; secretCipher: string }): Buffer {
  return Buffer.from(decryptField(keys, { ...PLACE, rowId: id }, secretCipher), 'base64url')
}

/** Twelve letters are about 59 bits; keyed, so that a copy of the database alone is no place to guess. */
function recoveryHash(keys: KeyRing, accountId: string, code: string): Buffer {
  return createHmac('sm3', keys.indexKey)
    .update(lengthPrefixed(['minben-recovery/1', accountId, code.toLowerCase()]))
    .digest()
}

/**
 * A secret that is not in use before its owner has shown a code of it. Takes the password, so that nobody makes somebody else's account
 * their own at a screen left open. Throws `platform.second_factor_on`, `platform.password_wrong`.
 */
export async function startSecondFactor(
  deps: Deps,
  { actor }: SignedIn,
  given: PasswordGiven,
): Promise<{ secret: string; uri: string }> {
  const isStillProof = await comparePassword(deps, actor, given)
  const secret = randomBytes(TOTP.secretBytes)
  const id = uuidv7()
  const secretCipher = encryptField(deps.keys, { ...PLACE, rowId: id }, secret.toString('base64url'))
  const deed = { event: 'platform.second_factor.started', actorId: actor.id }
  const done = await recorded(deps, countyOfSignIns(actor), async (tx): Promise<Deed> => {
    if (!isStillProof(await holdAccount(tx, actor.id))) {
      await recordFailedSignIn(tx, { accountId: actor.id, ...SESSION })
      return { ...deed, outcome: 'refused', code: 'platform.password_wrong' }
    }
    const present = await findSecondFactor(tx, actor.id)
    if (present && present.turnedOnAt !== null)
      return { ...deed, outcome: 'failed', code: 'platform.second_factor_on' }
    await insertSecondFactor(tx, { id, accountId: actor.id, secretCipher })
    return { ...deed, ...DONE }
  })
  if (done.outcome === 'done') return { secret: base32(secret), uri: authenticatorUri(secret, actor.login) }
  if (done.code === 'platform.password_wrong')
    throw invalid(
      'platform.password_wrong',
      `密码不对，或账号暂时停用，没有开始。连续错 ${SESSION.mostFailures} 次会停用 ${SESSION.lockMinutes} 分钟。`,
    )
  throw conflict(
    'platform.second_factor_on',
    '动态验证码已经开启。要换一部手机，请先关闭，再重新开启；旧手机不在手边请找安全管理员重置。',
  )
}

/** Gives the recovery codes, which are shown once, and ends one's other sign-ins, which had no second factor. Throws `platform.second_factor_not_started`, `platform.code_wrong`. */
export async function confirmSecondFactor(
  deps: Deps,
  { actor, sessionId }: SignedIn,
  { code, tools }: { code: string; tools: SignInTools },
): Promise<string[]> {
  const made = newCodes(deps.keys, actor.id)
  const seconds = await tools.seconds(deps.database.app)
  const deed = { event: 'platform.second_factor.turned_on', actorId: actor.id }
  const done = await recorded(deps, countyOfSignIns(actor), async (tx): Promise<Deed> => {
    await holdAccount(tx, actor.id)
    const factor = await findSecondFactor(tx, actor.id)
    if (!factor || factor.turnedOnAt !== null)
      return { ...deed, outcome: 'failed', code: 'platform.second_factor_not_started' }
    const { id, lastStep } = factor
    const step = acceptedStep(secretOf(deps.keys, factor), plainCode(code), { seconds, lastStep })
    if (step === undefined || !(await useStep(tx, id, step)))
      return { ...deed, outcome: 'refused', code: 'platform.code_wrong' }
    await turnOnSecondFactor(tx, id)
    await replaceRecoveryCodes(tx, actor.id, made.hashes)
    await endSessionsOf(tx, actor.id, { by: 'revoked', but: sessionId })
    return { ...deed, ...DONE }
  })
  if (done.outcome === 'done') return made.codes
  throw done.code === 'platform.code_wrong'
    ? invalid('platform.code_wrong', '验证码不对。请核对手机时间是否自动校准，等下一个六位数字出现再填。')
    : conflict('platform.second_factor_not_started', '还没有生成密钥，或者已经开启。请刷新后重新开始。')
}

function newCodes(keys: KeyRing, accountId: string): { codes: string[]; hashes: Buffer[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => readableSecret(3))
  return { codes, hashes: codes.map((code) => recoveryHash(keys, accountId, code.replaceAll('-', ''))) }
}

interface PasswordGiven {
  /** Asked of nobody who has none and signs in from outside alone. */
  password?: string | undefined
  tools: SignInTools
}

/** Compares it before any transaction; what comes back says whether that proves anything of the account as it stands when it is held. */
async function comparePassword(
  deps: Deps,
  { login }: SignedIn['actor'],
  { password = '', tools }: PasswordGiven,
): Promise<(account: HeldAccount) => boolean> {
  const hash = (await findCredentials(deps.database.app, login))?.passwordHash ?? null
  const matches = hash === null || (await tools.verify(hash, password))
  return ({ isLocked, passwordHash }) => !isLocked && matches && passwordHash === hash
}

export interface Proof extends PasswordGiven {
  code: string
}

/** Throws `platform.proof_wrong`, `platform.second_factor_required`. */
export async function turnOffSecondFactor(deps: Deps, signedIn: SignedIn, proof: Proof): Promise<void> {
  const { actor } = signedIn
  const deed = { event: 'platform.second_factor.turned_off', actorId: actor.id }
  const { isRequired } = await getSecondFactorState(deps.database.app, actor.id)
  await withProof(deps, { ...proof, actor, deed }, async (tx) => {
    if (isRequired) return { ...deed, outcome: 'failed', code: 'platform.second_factor_required' }
    await deleteSecondFactor(tx, actor.id)
    return { ...deed, ...DONE }
  })
}

/** Ten new codes in place of all earlier ones. Throws `platform.proof_wrong`. */
export async function renewRecoveryCodes(deps: Deps, signedIn: SignedIn, proof: Proof): Promise<string[]> {
  const { actor } = signedIn
  const made = newCodes(deps.keys, actor.id)
  const deed = { event: 'platform.second_factor.codes_renewed', actorId: actor.id }
  await withProof(deps, { ...proof, actor, deed }, async (tx) => {
    await replaceRecoveryCodes(tx, actor.id, made.hashes)
    return { ...deed, ...DONE }
  })
  return made.codes
}

/** Password and code, counted like those at signing in, so that a screen left open is no place to guess. */
async function withProof(
  deps: Deps,
  {
    actor,
    deed,
    code,
    ...given
  }: Proof & Pick<SignedIn, 'actor'> & { deed: Pick<Deed, 'event' | 'actorId'> },
  work: (tx: Tx) => Promise<Deed>,
): Promise<void> {
  const isStillProof = await comparePassword(deps, actor, given)
  const seconds = await given.tools.seconds(deps.database.app)
  const done = await recorded(deps, countyOfSignIns(actor), async (tx): Promise<Deed> => {
    const mayTry = isStillProof(await holdAccount(tx, actor.id))
    const using = { keys: deps.keys, accountId: actor.id, typed: code, seconds }
    if (mayTry && (await useCode(tx, using))) return work(tx)
    await recordFailedSignIn(tx, { accountId: actor.id, ...SESSION })
    return { ...deed, outcome: 'refused', code: 'platform.proof_wrong' }
  })
  if (done.outcome !== 'done') throw REFUSED[done.code ?? ''] ?? new Error(`no words for ${done.code}`)
}

const REFUSED: Readonly<Record<string, AppError>> = {
  'platform.proof_wrong': invalid(
    'platform.proof_wrong',
    `密码或验证码不对，验证码已经用过，或账号暂时停用，什么都没有改。连续错 ${SESSION.mostFailures} 次会停用 ${SESSION.lockMinutes} 分钟。`,
  ),
  'platform.second_factor_required': conflict(
    'platform.second_factor_required',
    '安全管理员要求您的账号使用动态验证码，不能关闭。换手机请找安全管理员重置。',
  ),
}
