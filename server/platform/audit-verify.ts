/**
 * Takes a dump of the audit tables and a copy of the seal logs, and lets scripts/audit-verify.mjs judge them in a process of its
 * own: the verifier shares no code with what it verifies. An auditor may take the dump elsewhere and run the same script there.
 */
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { dumpAuditTables } from './audit-dump.db.ts'
import type { Deps } from './command.ts'
import { countiesIn } from './counties.db.ts'
import { unavailable } from './errors.ts'
import { sealsDirectory } from './sealer.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../../scripts/audit-verify.mjs')

const Finding = z.looseObject({
  code: z.string(),
  message: z.string(),
  /** Number of a seal. */
  seal: z.int().optional(),
  /** Id of an audit row. */
  row: z.string().optional(),
})

const Verdict = z.object({
  ok: z.boolean(),
  findings: z.int(),
  counties: z.array(
    z.object({
      county: z.string(),
      rows: z.int(),
      unsealed: z.int(),
      seals: z.int(),
      /** To be noted on paper: it vouches for everything before it. */
      lastSeal: z.object({ n: z.int(), sealedAt: z.string(), mac: z.string() }).nullable(),
      findings: z.array(Finding),
      notices: z.array(Finding),
    }),
  ),
})
export type AuditVerdict = z.infer<typeof Verdict> & {
  /** 0 intact, 1 something was found. */
  exitCode: 0 | 1
}

/**
 * Verifies every county that has audit rows, seals or a log. With `dumpDir` the dump and, in its folder `seals`, the copy of
 * the logs are kept there; otherwise they are removed.
 *
 * Throws `platform.audit_unverifiable` when the verifier could not do its work: that is neither intact nor broken.
 */
export async function verifyAudit(
  { database, keys, varDir }: Pick<Deps, 'database' | 'keys' | 'varDir'>,
  { dumpDir }: { dumpDir?: string } = {},
): Promise<AuditVerdict> {
  const dump = dumpDir ?? mkdtempSync(path.join(tmpdir(), 'minben-audit-'))
  const seals = path.join(dump, 'seals')
  mkdirSync(seals, { recursive: true, mode: 0o700 })
  try {
    const logs = loggedCounties(varDir)
    const counties = new Set(logs)
    for (const table of ['audit_row', 'audit_seal', 'audit_sealed'])
      for (const county of await countiesIn(database.runner, `platform.${table}`)) counties.add(county)
    await dumpAuditTables(database.pools.minben_auditor, {
      counties: [...counties].sort(),
      folder: dump,
      // Logs first: a log younger than the dump names seals that the dump cannot have.
      beforeSnapshot: () => logs.forEach((county) => copyLog(varDir, seals, county)),
    })
    return await runVerifier(['--dump', dump, '--seals', seals, '--keys', keys.path, '--json'])
  } finally {
    if (dumpDir === undefined) rmSync(dump, { recursive: true, force: true })
  }
}

function loggedCounties(varDir: string): string[] {
  const directory = sealsDirectory(varDir)
  if (!existsSync(directory)) return []
  return readdirSync(directory).flatMap((name) => /^(\d{6})\.log$/.exec(name)?.[1] ?? [])
}

function copyLog(varDir: string, target: string, county: string): void {
  const name = `${county}.log`
  copyFileSync(path.join(sealsDirectory(varDir), name), path.join(target, name))
}

async function runVerifier(args: string[]): Promise<AuditVerdict> {
  const { code, output, complaint } = await runScript(args)
  const verdict = code === 0 || code === 1 ? Verdict.safeParse(parseJson(output)) : undefined
  if (!verdict?.success) {
    throw unavailable(
      'platform.audit_unverifiable',
      '审计记录未能核验，不能据此判断是否完好。请按原因处理后重新核验。',
      { code, complaint: complaint.slice(0, 1000) },
    )
  }
  return { ...verdict.data, exitCode: code === 0 ? 0 : 1 }
}

function runScript(args: string[]): Promise<{ code: number | null; output: string; complaint: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    const complaint: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => output.push(part))
    child.stderr.on('data', (part: Buffer) => complaint.push(part))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, output: textOf(output), complaint: textOf(complaint) })
    })
  })
}

function textOf(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
