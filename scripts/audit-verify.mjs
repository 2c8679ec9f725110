#!/usr/bin/env node
/**
 * Verifies the audit seals of a dump without a single line of the server: plain Node, no packages, so that an auditor
 * can read it in one sitting and run it elsewhere. It repeats the mathematics of server/platform/audit-seal.ts on
 * purpose; docs/decisions/0002-audit-seals.md says what it proves and what it cannot.
 *
 * Take the copy of the seal logs BEFORE the dump: a log younger than the dump names seals that the dump cannot have.
 */
import { createHash, createHmac } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

const HELP = `用法:node scripts/audit-verify.mjs --dump 目录 --keys 密钥文件 --seals 封存日志目录 [--json]
  --dump   含 audit_row.jsonl、audit_seal.jsonl、audit_sealed.jsonl 的导出目录
  --keys   密钥文件,只用其中的 sealKey
  --seals  封存日志(每县一个 <县代码>.log)的副本;须在导出之前复制
退出码:0 完好;1 发现问题;2 无法核验(参数、文件或内容不可读)`

const SEALED_COLUMNS = 'county id at actor_id event outcome code subject request_id xact'.split(' ')
const SEAL_COLUMNS = 'county n sealed_at row_count root first_at last_at mac'.split(' ')
const MEMBER_COLUMNS = 'county seal_n position audit_id leaf'.split(' ')
const NO_SEAL_MAC = '0'.repeat(64)
/** A crash between commit and append leaves the log this little behind; more means that lines were taken away. */
const LOG_MAY_LAG = 5
const STALE_MS = 3_600_000
const SHOWN = 20

class Unverifiable extends Error {}

// --- mathematics ---

function joined(parts) {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(String(part), 'utf8')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}

function sm3(...chunks) {
  return chunks.reduce((hash, chunk) => hash.update(chunk), createHash('sm3')).digest()
}

function hmac(key, parts) {
  return createHmac('sm3', key).update(joined(parts)).digest('hex')
}

function leafOf(row) {
  const filled = SEALED_COLUMNS.filter((column) => row[column] !== null)
  const parts = ['minben-audit-row/1', ...filled.flatMap((column) => [column, row[column]])]
  return sm3(Buffer.of(0), joined(parts)).toString('hex')
}

function rootOf(leaves) {
  let level = leaves.map((leaf) => Buffer.from(leaf, 'hex'))
  while (level.length > 1) {
    const above = []
    for (let i = 0; i < level.length; i += 2) {
      above.push(i + 1 < level.length ? sm3(Buffer.of(1), level[i], level[i + 1]) : level[i])
    }
    level = above
  }
  return level[0]?.toString('hex') ?? ''
}

function macOf(key, previousMac, s) {
  const content = [s.county, s.n, s.rowCount, s.root, s.sealedAt, s.firstAt, s.lastAt]
  return hmac(key, ['minben-audit-seal/1', previousMac, ...content])
}

function restoreMacOf(key, note) {
  return hmac(key, ['minben-audit-restore/1', note.county, note.n, note.mac, note.at])
}

// --- input ---

async function eachLine(file, columns, use) {
  if (!existsSync(file)) throw new Unverifiable(`缺少文件 ${file}。请重新导出。`)
  let number = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1
    if (line === '') continue
    const row = parsed(line)
    const absent = row ? columns.filter((column) => row[column] === undefined) : ['JSON']
    if (absent.length > 0)
      throw new Unverifiable(`${file} 第 ${number} 行不可读,缺 ${absent.join('、')}。请重新导出。`)
    use(row)
  }
}

function parsed(line) {
  try {
    const value = JSON.parse(line)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function readSealKey(file) {
  const key = existsSync(file) ? parsed(readFileSync(file, 'utf8'))?.sealKey : undefined
  if (typeof key !== 'string' || !/^[0-9a-f]{64}$/.test(key))
    throw new Unverifiable(`密钥文件 ${file} 不存在或没有 sealKey。`)
  return Buffer.from(key, 'hex')
}

function readLogs(directory, countyOf) {
  if (!existsSync(directory)) throw new Unverifiable(`封存日志目录 ${directory} 不存在。`)
  for (const name of readdirSync(directory).filter((entry) => /^\d{6}\.log$/.test(entry))) {
    const log = countyOf(name.slice(0, 6)).log
    for (const line of readFileSync(path.join(directory, name), 'utf8').split('\n')) {
      if (line === '') continue
      const entry = parsed(line)
      log.push(Number.isInteger(entry?.n) ? entry : { kind: 'damaged' })
    }
  }
}

async function readAll({ dump, seals }) {
  const counties = new Map()
  const countyOf = (county) => {
    if (!counties.has(county)) {
      const empty = { county, rows: new Map(), seals: new Map(), members: new Map(), log: [] }
      counties.set(county, { ...empty, findings: [], notices: [] })
    }
    return counties.get(county)
  }
  readLogs(seals, countyOf)
  await eachLine(path.join(dump, 'audit_row.jsonl'), SEALED_COLUMNS, (row) => {
    const { rows, findings } = countyOf(row.county)
    if (rows.has(row.id)) report(findings, 'row_duplicated', `审计记录 ${row.id} 出现两次`, { row: row.id })
    rows.set(row.id, { id: row.id, at: row.at, xact: BigInt(row.xact), leaf: leafOf(row) })
  })
  await eachLine(path.join(dump, 'audit_seal.jsonl'), SEAL_COLUMNS, (s) => {
    const seal = { ...s, n: Number(s.n), rowCount: Number(s.row_count), sealedAt: s.sealed_at }
    countyOf(s.county).seals.set(seal.n, { ...seal, firstAt: s.first_at, lastAt: s.last_at })
  })
  await eachLine(path.join(dump, 'audit_sealed.jsonl'), MEMBER_COLUMNS, (m) => {
    const { members } = countyOf(m.county)
    const member = { position: Number(m.position), id: m.audit_id, leaf: String(m.leaf) }
    const n = Number(m.seal_n)
    if (members.has(n)) members.get(n).push(member)
    else members.set(n, [member])
  })
  return [...counties.values()].sort((a, b) => (a.county < b.county ? -1 : 1))
}

// --- findings ---

function report(list, code, message, at = {}) {
  list.push({ code, ...at, message })
}

/** Seals that the log proves, by number. The log is checked by its own chain, so a forged line proves nothing. */
function provenByLog(key, { county, log, seals, findings, notices }) {
  const proven = new Map()
  let last = { n: 0, mac: NO_SEAL_MAC }
  for (const line of log) {
    const { n } = line
    if (line.kind === 'restore' && line.lineMac === restoreMacOf(key, { ...line, county })) {
      const given = [...proven.keys()].filter((number) => number > n)
      given.forEach((number) => proven.delete(number))
      const what = `${line.at} 数据库恢复到第 ${n} 号封存,此后 ${given.length} 个封存作废`
      report(notices, 'restored', `${what};请核对恢复的批准手续`, { seal: n })
      last = { n, mac: line.mac }
    } else if (line.kind === 'seal' && n <= last.n) {
      if (proven.get(n)?.mac === line.mac) continue
      report(findings, 'log_forked', `封存日志中第 ${n} 号封存有两个,且没有恢复备份的记载`, { seal: n })
    } else if (line.kind === 'seal') {
      if (n > last.n + 1)
        report(findings, 'log_gap', `封存日志缺第 ${last.n + 1} 至 ${n - 1} 号`, { seal: n })
      const before = [n === last.n + 1 ? last.mac : undefined, seals.get(n - 1)?.mac].filter(Boolean)
      const intact = before.some((mac) => line.mac === macOf(key, mac, { ...line, county }))
      if (intact) proven.set(n, line)
      else report(findings, 'log_forged', `封存日志第 ${n} 号的签名不符,该行被改写或密钥不符`, { seal: n })
      last = { n, mac: line.mac }
    } else if (line.kind === 'restore') {
      report(findings, 'log_forged', `封存日志中恢复备份的记载(第 ${n} 号)签名不符`, { seal: n })
    } else {
      report(notices, 'log_damaged', '封存日志有一行不可读(写入中断或被改动)')
    }
  }
  return proven
}

function checkChain(key, county, proven) {
  const { seals, findings, notices } = county
  const lastStored = Math.max(0, ...sortedKeys(seals).slice(-1))
  const lastProven = Math.max(0, ...sortedKeys(proven).slice(-1))
  const unlogged = []
  let expected = 1
  for (const n of sortedKeys(seals)) {
    const seal = seals.get(n)
    const line = proven.get(n)
    const before = n === 1 ? NO_SEAL_MAC : (proven.get(n - 1)?.mac ?? seals.get(n - 1)?.mac)
    if (n > expected)
      report(findings, 'seal_removed', `第 ${expected} 至 ${n - 1} 号封存被删除`, { seal: expected })
    if (n < 1 || (before && seal.mac !== macOf(key, before, seal)))
      report(findings, 'seal_forged', `第 ${n} 号封存的签名不符,该封存被改写或用别的密钥重做`, { seal: n })
    if (line && line.mac !== seal.mac)
      report(findings, 'seal_differs_from_log', `第 ${n} 号封存与封存日志不一致`, { seal: n })
    if (!line) unlogged.push(n)
    expected = n + 1
  }
  if (lastProven > lastStored) {
    const range = `第 ${lastStored + 1} 至 ${lastProven} 号封存`
    report(findings, 'seals_cut_off', `${range}在日志中有、数据库中没有:末尾的审计记录被截去`, {
      seal: lastStored + 1,
    })
  }
  const inTheMiddle = unlogged.some((n) => n < lastProven)
  if (lastStored > 0 && county.log.length === 0)
    report(findings, 'log_missing', '数据库中有封存,但没有这个县的封存日志')
  else if (inTheMiddle || unlogged.length > LOG_MAY_LAG)
    report(findings, 'log_short', `封存日志不能证明 ${unlogged.length} 个封存`, { seal: unlogged[0] })
  else if (unlogged.length > 0)
    report(notices, 'log_behind', `最后 ${unlogged.length} 个封存尚未写入封存日志`, { seal: unlogged[0] })
}

function sortedKeys(map) {
  return [...map.keys()].sort((a, b) => a - b)
}

function checkMembers(county) {
  const sealed = new Set()
  for (const n of sortedKeys(county.members)) {
    const members = county.members.get(n).sort((a, b) => a.position - b.position)
    for (const { id } of members) {
      if (sealed.has(id))
        report(county.findings, 'sealed_twice', `审计记录 ${id} 被封存两次`, { seal: n, row: id })
      sealed.add(id)
    }
    if (!county.seals.has(n))
      report(county.findings, 'members_without_seal', `第 ${n} 号封存的清单还在,封存本身不在`, { seal: n })
  }
  for (const [n, seal] of county.seals) checkSeal(county, seal, county.members.get(n) ?? [])
  return sealed
}

function checkSeal({ rows, findings }, seal, members) {
  const at = { seal: seal.n }
  const present = members.map(({ id }) => rows.get(id)).filter(Boolean)
  const complete = members.length === seal.rowCount && members.every(({ position }, i) => position === i)
  const provesRoot = (list) => rootOf(list.map(({ leaf }) => leaf)) === seal.root
  if (!(complete && provesRoot(members))) {
    const inOrder = [...present].sort((a, b) => Number(a.xact - b.xact) || (a.id < b.id ? -1 : 1))
    const span = `第 ${seal.n} 号封存(${seal.firstAt} 至 ${seal.lastAt})`
    if (present.length === seal.rowCount && provesRoot(present))
      return report(findings, 'members_changed', `${span}的清单被改动,审计记录本身未变`, at)
    if (present.length === seal.rowCount && provesRoot(inOrder))
      return report(findings, 'rows_reordered', `${span}的审计记录被调换顺序`, at)
    const count = `封存时 ${seal.rowCount} 条,现清单 ${members.length} 条,记录 ${present.length} 条`
    const fewer = members.length < seal.rowCount
    const code = fewer ? 'sealed_rows_missing' : 'sealed_rows_changed'
    report(findings, code, `${span}与内容不符:${count}`, at)
  }
  for (const { id, leaf } of members) {
    const row = rows.get(id)
    if (!row) report(findings, 'row_removed', `审计记录 ${id}(第 ${seal.n} 号封存)被删除`, { ...at, row: id })
    else if (row.leaf !== leaf)
      report(findings, 'row_changed', `审计记录 ${id}(第 ${seal.n} 号封存)被改动`, { ...at, row: id })
  }
}

function verifyCounty(key, county) {
  const { rows, seals, findings, notices } = county
  checkChain(key, county, provenByLog(key, county))
  const sealed = checkMembers(county)
  const lastSeal = seals.get(sortedKeys(seals).at(-1))
  const unsealed = [...rows.values()].filter(({ id }) => !sealed.has(id))
  for (const { id, at } of unsealed) {
    if (lastSeal && Date.parse(at) < Date.parse(lastSeal.sealedAt) - STALE_MS)
      report(
        findings,
        'row_never_sealed',
        `审计记录 ${id} 的时间 ${at} 早于最后一次封存一小时以上,却未被封存`,
        {
          row: id,
        },
      )
  }
  return {
    county: county.county,
    rows: rows.size,
    unsealed: unsealed.length,
    seals: seals.size,
    lastSeal: lastSeal ? { n: lastSeal.n, sealedAt: lastSeal.sealedAt, mac: lastSeal.mac } : null,
    findings,
    notices,
  }
}

// --- output ---

function print({ county, rows, unsealed, seals, lastSeal, findings, notices }) {
  console.log(`${county}:审计记录 ${rows} 条,封存 ${seals} 个,尚未封存 ${unsealed} 条`)
  if (lastSeal)
    console.log(`  最后封存:第 ${lastSeal.n} 号,${lastSeal.sealedAt},签名 ${lastSeal.mac}(可抄存备查)`)
  findings.slice(0, SHOWN).forEach(({ code, message }) => console.log(`  问题 ${code}:${message}`))
  if (findings.length > SHOWN) console.log(`  ……另有 ${findings.length - SHOWN} 处问题,用 --json 查看全部`)
  notices.slice(0, SHOWN).forEach(({ code, message }) => console.log(`  提示 ${code}:${message}`))
}

async function main() {
  const text = { type: 'string' }
  const options = {
    ...{ dump: text, keys: text, seals: text },
    ...{ json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  }
  const { values } = parseArgs({ options })
  if (values.help) return console.log(HELP)
  if (!values.dump || !values.keys || !values.seals) throw new Unverifiable(HELP)
  const key = readSealKey(values.keys)
  const results = (await readAll(values)).map((county) => verifyCounty(key, county))
  const count = results.reduce((sum, { findings }) => sum + findings.length, 0)
  if (values.json) console.log(JSON.stringify({ ok: count === 0, findings: count, counties: results }))
  else {
    results.forEach(print)
    console.log(count === 0 ? '结论:已封存的审计记录完好。' : `结论:发现 ${count} 处问题。`)
  }
  process.exitCode = count === 0 ? 0 : 1
}

main().catch((error) => {
  const expected = error instanceof Unverifiable || error.code?.startsWith?.('ERR_PARSE_ARGS')
  console.error(expected ? error.message : error)
  process.exitCode = 2
})
