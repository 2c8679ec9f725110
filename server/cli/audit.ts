import { verifyAudit } from '../platform/audit-verify.ts'
import { sealAll } from '../platform/sealer.ts'
import { option, withDeps, type CliCommand } from './cli.ts'

const verify: CliCommand = {
  name: 'audit verify',
  summary: '核验操作记录：逐条比对封印，发现改动、删除、换位、截尾和事后重算',
  usage: 'audit verify [--dump 目录] [--json]',
  options: { dump: option('目录', '把记录和封印另存一份，可用 scripts/audit-verify.mjs 独立核验') },
  run: async ({ values, say, json }) =>
    withDeps(async ({ database, keys, varDir }) => {
      const verdict = await verifyAudit(
        { database, keys, varDir },
        typeof values.dump === 'string' ? { dumpDir: values.dump } : {},
      )
      for (const { county, rows, unsealed, seals, findings, notices } of verdict.counties) {
        say(
          `${county}：${rows} 条记录，${seals} 次封印，${unsealed} 条待封，${findings.length === 0 ? '完好' : `${findings.length} 处异常`}`,
        )
        for (const { message } of findings) say(`  ${message}`)
        for (const { message } of notices) say(`  提示：${message}`)
      }
      json(verdict)
      return verdict.exitCode
    }),
}

const seal: CliCommand = {
  name: 'audit seal',
  summary: '立即封印已完成的操作记录（服务运行时每 30 秒自动进行）',
  usage: 'audit seal',
  options: {},
  run: async ({ say, json }) =>
    withDeps(async (deps) => {
      const { seals, failures } = await sealAll(deps)
      for (const { county, n, rowCount: rows } of seals) say(`${county}：第 ${n} 次封印，${rows} 条`)
      for (const failure of failures) say(`${failure.county}：${String(failure.error)}`)
      json({ seals, failures: failures.map(({ county, error }) => ({ county, error: String(error) })) })
      return failures.length === 0 ? 0 : 1
    }),
}

export const auditCommands: readonly CliCommand[] = [verify, seal]
