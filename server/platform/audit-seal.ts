/**
 * The mathematics of audit seals: pure, no clock, no database. `scripts/audit-verify.mjs` repeats all of it on
 * purpose, in its own words, so that a verifier does not trust the code it verifies; change both or neither.
 *
 * row   one line of `platform.audit_row`
 * leaf  SM3(0x00 ‖ canonical row)
 * root  Merkle root of the leaves in member order, inner node SM3(0x01 ‖ left ‖ right), a last odd node moves up
 * seal  HMAC-SM3 over the previous seal's MAC and everything the seal says: seal n vouches for all before it
 *
 * Why three tables, and what remains undetectable: docs/decisions/0002-audit-seals.md.
 */
import { createHash, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { lengthPrefixed } from './length-prefix.ts'

/** A row exactly as the database spells it; `at` in UTC with six decimals and Z, `xact` as decimal text. */
export interface AuditRow {
  county: string
  id: string
  at: string
  actorId: string | null
  event: string
  outcome: string
  code: string | null
  subject: string | null
  requestId: string | null
  xact: string
}

export interface SealedMember {
  county: string
  sealN: number
  /** From 0, the order of the leaves. */
  position: number
  auditId: string
  /** 64 hex digits. */
  leaf: string
}

export interface Seal {
  county: string
  /** From 1, no gaps. */
  n: number
  sealedAt: string
  rowCount: number
  /** 64 hex digits. */
  root: string
  /** Smallest and largest `at` among the rows. */
  firstAt: string
  lastAt: string
  /** 64 hex digits. */
  mac: string
}

/** Stands for the seal before the first one. */
export const NO_SEAL_MAC = '0'.repeat(64)

// Append only: an added column goes to the end and is null in old rows; null is left out, so old leaves stay valid.
const SEALED_COLUMNS = [
  ['county', 'county'],
  ['id', 'id'],
  ['at', 'at'],
  ['actor_id', 'actorId'],
  ['event', 'event'],
  ['outcome', 'outcome'],
  ['code', 'code'],
  ['subject', 'subject'],
  ['request_id', 'requestId'],
  ['xact', 'xact'],
] as const satisfies readonly (readonly [string, keyof AuditRow])[]

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/

export function canonicalRow(row: AuditRow): Buffer {
  assertInstants(row.at)
  const parts = ['minben-audit-row/1']
  for (const [column, property] of SEALED_COLUMNS) {
    const value = row[property]
    if (value !== null) parts.push(column, value)
  }
  return lengthPrefixed(parts)
}

export function leafOf(row: AuditRow): string {
  return createHash('sm3').update(Buffer.of(0)).update(canonicalRow(row)).digest('hex')
}

/** Leaves and root as 64 hex digits. There is no root of nothing: an empty seal is never written. */
export function merkleRoot(leaves: readonly string[]): string {
  let level: Buffer[] = leaves.map((leaf) => Buffer.from(leaf, 'hex'))
  while (level.length > 1) level = levelAbove(level)
  const [root] = level
  if (!root) throw new Error('merkleRoot: no leaves')
  return root.toString('hex')
}

export function sealMac(key: KeyObject, previousMac: string, seal: Omit<Seal, 'mac'>): string {
  assertInstants(seal.sealedAt, seal.firstAt, seal.lastAt)
  const parts = [
    'minben-audit-seal/1',
    previousMac,
    seal.county,
    String(seal.n),
    String(seal.rowCount),
    seal.root,
    seal.sealedAt,
    seal.firstAt,
    seal.lastAt,
  ]
  return createHmac('sm3', key).update(lengthPrefixed(parts)).digest('hex')
}

export function isSealIntact(key: KeyObject, previousMac: string, seal: Seal): boolean {
  const { mac, ...content } = seal
  return isSameMac(mac, sealMac(key, previousMac, content))
}

/** Rows of one county, in the order in which they are to be sealed (by xact, then id). */
export function sealRows(
  key: KeyObject,
  previous: Pick<Seal, 'n' | 'mac'> | undefined,
  { county, sealedAt, rows }: { county: string; sealedAt: string; rows: readonly AuditRow[] },
): { seal: Seal; members: SealedMember[] } {
  const stranger = rows.find((row) => row.county !== county)
  if (stranger)
    throw new Error(`sealRows: row ${stranger.id} belongs to ${stranger.county}, not to ${county}`)
  const n = (previous?.n ?? 0) + 1
  const members = rows.map((row, position) => {
    return { county, sealN: n, position, auditId: row.id, leaf: leafOf(row) }
  })
  const { firstAt, lastAt } = spanOf(rows)
  const content = {
    county,
    n,
    sealedAt,
    rowCount: rows.length,
    root: merkleRoot(members.map((member) => member.leaf)),
    firstAt,
    lastAt,
  }
  return { seal: { ...content, mac: sealMac(key, previous?.mac ?? NO_SEAL_MAC, content) }, members }
}

/**
 * MAC of the note that a database was restored to an older state, so that seals after `n` in the seal log are known
 * to be given up and not cut off. `mac` is that of seal `n` (`NO_SEAL_MAC` for 0).
 */
export function restoreMac(
  key: KeyObject,
  note: { county: string; n: number; mac: string; at: string },
): string {
  assertInstants(note.at)
  const parts = ['minben-audit-restore/1', note.county, String(note.n), note.mac, note.at]
  return createHmac('sm3', key).update(lengthPrefixed(parts)).digest('hex')
}

function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = []
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = level.slice(at, at + 2)
    if (left && right) above.push(createHash('sm3').update(Buffer.of(1)).update(left).update(right).digest())
    else if (left) above.push(left)
  }
  return above
}

function spanOf(rows: readonly AuditRow[]): { firstAt: string; lastAt: string } {
  const [first] = rows
  if (!first) throw new Error('sealRows: no rows')
  let { at: firstAt, at: lastAt } = first
  for (const { at } of rows) {
    if (at < firstAt) firstAt = at
    if (at > lastAt) lastAt = at
  }
  return { firstAt, lastAt }
}

/** Two spellings of one instant would be two leaves. */
function assertInstants(...instants: readonly string[]): void {
  const wrong = instants.find((instant) => !INSTANT.test(instant))
  if (wrong !== undefined) throw new Error(`audit seal: ${wrong} is not a UTC instant with six decimals`)
}

function isSameMac(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')]
  return left.length === right.length && timingSafeEqual(left, right)
}
