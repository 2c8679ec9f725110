import { spawnSync } from 'node:child_process'
import { createSecretKey, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sealRows, type AuditRow, type Seal, type SealedMember } from '../server/platform/audit-seal.ts'
import { openKeyRing } from '../server/platform/keys.ts'
import { appendRestoreLine, appendSealLine, sealLogPath } from '../server/platform/seal-log.ts'

const root = mkdtempSync(path.join(tmpdir(), 'audit-verify-'))
afterAll(() => rmSync(root, { recursive: true }))

const script = path.join(import.meta.dirname, 'audit-verify.mjs')
const ring = openKeyRing(path.join(root, 'keyring.json'), { create: true })
const otherKey = createSecretKey('77'.repeat(32), 'hex')

/** A county's audit as the database holds it, and the log beside it. */
interface Audit {
  rows: AuditRow[]
  seals: Seal[]
  members: SealedMember[]
  logged: Seal[]
}

function rowOf(county: string, number: number): AuditRow {
  const minute = String(number).padStart(2, '0')
  return {
    county,
    id: `01890000-0000-7000-8000-0000000000${minute}`,
    at: `2026-03-02T01:${minute}:00.000000Z`,
    actorId: number % 3 === 0 ? null : '01890000-0000-7000-8000-00000000aaaa',
    event: 'registry.person.revealed',
    outcome: 'done',
    code: null,
    subject: `{"person": "p${number}", "reason": "核对\\n\\"本人\\""}`,
    requestId: '01890000-0000-7000-8000-00000000bbbb',
    xact: String(900 + number),
  }
}

/** Twelve rows: seals 1 (five rows), 2 (four) and 3 (one), and two rows not sealed yet. */
function buildAudit(county = '441882', key: KeyObject = ring.sealKey): Audit {
  const rows = Array.from({ length: 12 }, (_, index) => rowOf(county, index + 1))
  const { seals, members } = sealAll(rows.slice(0, 10), key)
  return { rows, seals, members, logged: [...seals] }
}

function sealAll(rows: readonly AuditRow[], key: KeyObject): Pick<Audit, 'seals' | 'members'> {
  const seals: Seal[] = []
  const members: SealedMember[] = []
  for (const [from, to] of [
    [0, 5],
    [5, 9],
    [9, 10],
  ] as const) {
    const part = rows.slice(from, to)
    const [{ county } = { county: '' }] = part
    const sealed = sealRows(key, seals.at(-1), {
      county,
      sealedAt: `2026-03-02T01:${to + 20}:00.000000Z`,
      rows: part,
    })
    seals.push(sealed.seal)
    members.push(...sealed.members)
  }
  return { seals, members }
}

interface Verdict {
  ok: boolean
  findings: number
  counties: {
    county: string
    rows: number
    unsealed: number
    seals: number
    lastSeal: { n: number } | null
    findings: { code: string; seal?: number; row?: string }[]
    notices: { code: string }[]
  }[]
}

let folders = 0
function writeFiles(audits: readonly Audit[]): { dump: string; seals: string } {
  folders += 1
  const [dump, seals] = [path.join(root, `dump-${folders}`), path.join(root, `seals-${folders}`)]
  mkdirSync(dump)
  mkdirSync(seals)
  const tables = {
    audit_row: audits.flatMap(({ rows }) => rows.map(snakeCased)),
    audit_seal: audits.flatMap((audit) => audit.seals.map(snakeCased)),
    audit_sealed: audits.flatMap(({ members }) => members.map(snakeCased)),
  }
  for (const [table, lines] of Object.entries(tables)) {
    writeFileSync(
      path.join(dump, `${table}.jsonl`),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
  }
  for (const { logged } of audits) for (const seal of logged) appendSealLine(seals, seal)
  return { dump, seals }
}

function snakeCased(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}

function run({ dump, seals }: { dump: string; seals: string }, ...more: string[]) {
  const result = spawnSync(
    process.execPath,
    [script, '--dump', dump, '--seals', seals, '--keys', ring.path, ...more],
    { encoding: 'utf8' },
  )
  return { status: result.status, out: result.stdout, err: result.stderr }
}

function verify(...audits: Audit[]) {
  return verdictOf(run(writeFiles(audits), '--json'))
}

function verdictOf({ status, out, err }: ReturnType<typeof run>) {
  expect(err).toBe('')
  const verdict = JSON.parse(out) as Verdict
  expect(status).toBe(verdict.ok ? 0 : 1)
  const [first] = verdict.counties
  const named = (first?.findings ?? []).map((f) => [f.code, f.seal, f.row].filter(Boolean).join(' '))
  return { verdict, named, notices: (first?.notices ?? []).map((notice) => notice.code) }
}

/** The item itself, so that a test may spoil it in place. */
function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index)
  if (item === undefined) throw new Error(`nothing at ${index}`)
  return item
}

function rowId(number: number): string {
  return rowOf('441882', number).id
}

test('an untouched audit is intact; rows not sealed yet are counted, not blamed', () => {
  const { verdict, named, notices } = verify(buildAudit(), buildAudit('441881'))

  expect([named, notices]).toEqual([[], []])
  expect(verdict).toMatchObject({ ok: true, findings: 0 })
  expect(verdict.counties.map(({ county }) => county)).toEqual(['441881', '441882'])
  expect(verdict.counties[1]).toMatchObject({ rows: 12, unsealed: 2, seals: 3, lastSeal: { n: 3 } })
})

test('a county that has no seal yet is intact', () => {
  expect(verify({ rows: [rowOf('441882', 1)], seals: [], members: [], logged: [] }).named).toEqual([])
})

test.each([
  ['actorId', '01890000-0000-7000-8000-00000000cccc'],
  ['at', '2026-03-01T01:07:00.000000Z'],
  ['subject', '{}'],
  ['code', 'platform.forbidden'],
  ['requestId', null],
  ['xact', '1'],
] as const)('a changed row is found and named: %s', (column, value) => {
  const audit = buildAudit()
  Object.assign(at(audit.rows, 6), { [column]: value })

  expect(verify(audit).named).toEqual([`row_changed 2 ${rowId(7)}`])
})

test('a removed row is found and named', () => {
  const audit = buildAudit()
  audit.rows.splice(6, 1)

  expect(verify(audit).named).toEqual([`row_removed 2 ${rowId(7)}`])
})

test('a row moved to another county is missed in its own', () => {
  const audit = buildAudit()
  at(audit.rows, 6).county = '441889'

  expect(verify(audit).named).toEqual([`row_removed 2 ${rowId(7)}`])
})

test.each([
  ['in the middle', 6, 2],
  ['at the end', 8, 2],
  ['the only one', 9, 3],
])('a row removed together with its place in the list is missed: %s', (_where, index, seal) => {
  const audit = buildAudit()
  const [removed] = audit.rows.splice(index, 1)
  audit.members = audit.members.filter(({ auditId }) => auditId !== removed?.id)

  expect(verify(audit).named).toEqual([`sealed_rows_missing ${seal}`])
})

test('a row removed and the list closed up behind it is missed', () => {
  const audit = buildAudit()
  audit.rows.splice(6, 1)
  audit.members.splice(6, 1)
  audit.members.filter(({ sealN }) => sealN === 2).forEach((member, position) => (member.position = position))

  expect(verify(audit).named).toEqual(['sealed_rows_missing 2'])
})

test('a row changed together with its leaf shows in its seal', () => {
  const audit = buildAudit()
  const changed = { ...at(audit.rows, 6), outcome: 'refused' }
  const [member] = sealRows(ring.sealKey, undefined, {
    county: '441882',
    sealedAt: changed.at,
    rows: [changed],
  }).members
  audit.rows[6] = changed
  at(audit.members, 6).leaf = member?.leaf ?? ''

  expect(verify(audit).named).toEqual(['sealed_rows_changed 2'])
})

test('a list whose leaves were overwritten is told from changed rows', () => {
  const audit = buildAudit()
  at(audit.members, 6).leaf = 'ab'.repeat(32)

  expect(verify(audit).named).toEqual(['members_changed 2'])
})

test('rows brought into another order are found', () => {
  const audit = buildAudit()
  const [one, two] = [at(audit.members, 5), at(audit.members, 7)]
  ;[one.position, two.position] = [two.position, one.position]

  expect(verify(audit).named).toEqual(['rows_reordered 2'])
})

test('a sealed row moved to another seal is found in both', () => {
  const audit = buildAudit()
  Object.assign(at(audit.members, 4), { sealN: 2, position: 4 })

  expect(verify(audit).named).toEqual(['sealed_rows_missing 1', 'sealed_rows_changed 2'])
})

test('rows, lists and seals cut off the end are found by the log outside the database', () => {
  const audit = buildAudit()
  audit.rows.length = 5
  audit.members.length = 5
  audit.seals.length = 1

  expect(verify(audit).named).toEqual(['seals_cut_off 2'])
})

test('a county whose audit was emptied is found by its log', () => {
  const audit = buildAudit()

  expect(verify({ ...audit, rows: [], seals: [], members: [] }).named).toEqual(['seals_cut_off 1'])
})

test('rows cut off the end while the seals stay are named', () => {
  const audit = buildAudit()
  audit.rows.length = 8

  expect(verify(audit).named).toEqual([`row_removed 2 ${rowId(9)}`, `row_removed 3 ${rowId(10)}`])
})

test('a seal removed from the middle is found, and its list is left over', () => {
  const audit = buildAudit()
  audit.seals.splice(1, 1)

  expect(verify(audit).named).toEqual(['seal_removed 2', 'members_without_seal 2'])
})

test('later rows recomputed without the key are found, seal by seal', () => {
  const audit = buildAudit()
  at(audit.rows, 6).outcome = 'refused'
  const forged = sealAll(audit.rows.slice(0, 10), otherKey)
  audit.seals = [at(audit.seals, 0), ...forged.seals.slice(1)]
  audit.members = [...audit.members.slice(0, 5), ...forged.members.slice(5)]

  expect(verify(audit).named).toEqual(
    [2, 3].flatMap((n) => [`seal_forged ${n}`, `seal_differs_from_log ${n}`]),
  )
})

test('recomputing the log as well does not help without the key', () => {
  const audit = buildAudit()
  const forged = buildAudit('441882', otherKey)
  audit.seals = [at(audit.seals, 0), ...forged.seals.slice(1)]
  audit.logged = audit.seals

  expect(verify(audit).named).toEqual(['log_forged 2', 'log_forged 3', 'seal_forged 2', 'seal_forged 3'])
})

test.each([
  ['rowCount', 5],
  ['sealedAt', '2026-03-02T09:00:00.000000Z'],
  ['firstAt', '2026-03-01T01:06:00.000000Z'],
] as const)('a seal altered in %s no longer fits its MAC', (column, value) => {
  const audit = buildAudit()
  audit.seals[1] = { ...at(audit.seals, 1), [column]: value }

  expect(verify(audit).named).toContain('seal_forged 2')
})

test('a deleted log is a finding, a log one seal short a notice', () => {
  const audit = buildAudit()

  expect(verify({ ...audit, logged: [] }).named).toEqual(['log_missing'])
  const short = verify({ ...audit, logged: audit.logged.slice(0, 2) })
  expect([short.named, short.notices]).toEqual([[], ['log_behind']])
})

test('a line taken out of the middle of the log is found', () => {
  const audit = buildAudit()
  audit.logged.splice(1, 1)

  expect(verify(audit).named).toEqual(['log_gap 3', 'log_short 2'])
})

test('a line torn by a crash and written again is a notice', () => {
  const files = writeFiles([buildAudit()])
  const log = sealLogPath(files.seals, '441882')
  const [first = '', ...rest] = readFileSync(log, 'utf8').split('\n')
  writeFileSync(log, [first, '{"kind":"se', ...rest].join('\n'))

  const { named, notices } = verdictOf(run(files, '--json'))

  expect([named, notices]).toEqual([[], ['log_damaged']])
})

test('a row inserted with an old time and never sealed is found', () => {
  const audit = buildAudit()
  audit.rows.push({ ...rowOf('441882', 13), at: '2026-03-02T00:20:00.000000Z' })

  expect(verify(audit).named).toEqual([`row_never_sealed ${rowId(13)}`])
})

test('after a restore that was noted, the seals given up are a notice and the chain goes on', () => {
  const before = buildAudit()
  const files = writeFiles([{ ...before, seals: [], members: [], rows: [] }])
  const first = at(before.seals, 0)
  const note = { county: '441882', n: 1, mac: first.mac, at: '2026-03-02T02:00:00.000000Z' }
  appendRestoreLine(files.seals, ring.sealKey, note)
  const later = { ...rowOf('441882', 20), xact: '950' }
  const sealedAt = '2026-03-02T02:30:00.000000Z'
  const second = sealRows(ring.sealKey, first, { county: '441882', sealedAt, rows: [later] })
  appendSealLine(files.seals, second.seal)
  const rows = [...before.rows.slice(0, 5), later]
  const members = [...before.members.slice(0, 5), ...second.members]
  const { dump } = writeFiles([{ rows, seals: [first, second.seal], members, logged: [] }])

  const { named, notices } = verdictOf(run({ dump, seals: files.seals }, '--json'))

  expect([named, notices]).toEqual([[], ['restored']])
})

test('a restore note made without the key does not excuse missing seals', () => {
  const audit = buildAudit()
  const files = writeFiles([
    {
      ...audit,
      rows: audit.rows.slice(0, 5),
      members: audit.members.slice(0, 5),
      seals: audit.seals.slice(0, 1),
    },
  ])
  const note = { county: '441882', n: 1, mac: at(audit.seals, 0).mac, at: '2026-03-02T02:00:00.000000Z' }
  appendRestoreLine(files.seals, otherKey, note)

  expect(verdictOf(run(files, '--json')).named).toEqual(['log_forged 1', 'seals_cut_off 2'])
})

test('a restore that was not noted shows as two seals of one number', () => {
  const audit = buildAudit()
  const again = sealRows(ring.sealKey, at(audit.seals, 0), {
    county: '441882',
    sealedAt: '2026-03-02T02:00:00.000000Z',
    rows: audit.rows.slice(5, 7),
  })
  audit.logged.push(again.seal)

  expect(verify(audit).named).toEqual(['log_forked 2'])
})

test('the report for people says in Chinese what was found, and how much', () => {
  const audit = buildAudit()
  audit.rows.splice(6, 1)
  const { status, out } = run(writeFiles([audit]))

  expect(status).toBe(1)
  expect(out).toContain('441882:审计记录 11 条,封存 3 个,尚未封存 2 条')
  expect(out).toContain(`审计记录 ${rowId(7)}(第 2 号封存)被删除`)
  expect(out).toContain('结论:发现 1 处问题。')
  expect(run(writeFiles([buildAudit()])).out).toContain('结论:已封存的审计记录完好。')
})

test.each([
  [
    'a table is missing from the dump',
    (dump: string) => rmSync(path.join(dump, 'audit_seal.jsonl')),
    '缺少文件',
  ],
  [
    'a line is not JSON',
    (dump: string) => writeFileSync(path.join(dump, 'audit_row.jsonl'), '{"a\n'),
    '第 1 行',
  ],
  [
    'a column is missing',
    (dump: string) => writeFileSync(path.join(dump, 'audit_sealed.jsonl'), '{"county":"441882"}\n'),
    'seal_n',
  ],
])('nothing is vouched for when %s: exit 2', (_what, spoil, message) => {
  const files = writeFiles([buildAudit()])
  spoil(files.dump)

  const { status, err } = run(files, '--json')

  expect(status).toBe(2)
  expect(err).toContain(message)
})

test('wrong usage, no key and no log folder are exit 2; help is exit 0', () => {
  const files = writeFiles([buildAudit()])

  expect(run(files, '--nonsense').status).toBe(2)
  expect(run(files, '--keys', path.join(root, 'nowhere.json')).status).toBe(2)
  expect(run({ ...files, seals: path.join(root, 'nowhere') }).status).toBe(2)
  expect(run(files, '--help')).toMatchObject({ status: 0, out: expect.stringContaining('用法') })
})

test('the verifier imports nothing but Node itself', () => {
  const imports = [...readFileSync(script, 'utf8').matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)].map(
    (match) => match[1],
  )

  expect(imports.length).toBeGreaterThan(3)
  expect(imports.filter((name) => !name?.startsWith('node:'))).toEqual([])
})
