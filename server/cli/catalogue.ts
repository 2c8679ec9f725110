import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { CliCommand } from './cli.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const SEARCHED = ['server', 'oracle', 'test', 'web', 'scripts']
/** A test that covers a catalogue row starts its title with the number: `#36 …`; several rows: `#7 #8 …`. */
const TITLE = /['"`]((?:#\d+\s+)+[^'"`\n]*)/g

interface CatalogueRow {
  id: number
  zh: string
  domain: string
}

const catalogue: CliCommand = {
  name: 'catalogue',
  summary: '469 项业务逐项列出由哪些测试覆盖',
  usage: 'catalogue [--json]',
  options: {},
  run: async ({ say, json }) => {
    const tests = testsByRow()
    const rows = readRows().map(({ id, zh, domain }) => ({
      id,
      zh,
      domain,
      covered: (tests.get(id) ?? []).length > 0,
      tests: tests.get(id) ?? [],
    }))
    for (const row of rows)
      say(
        `${row.covered ? '✓' : '·'} #${row.id} ${row.zh}（${row.domain}）${row.covered ? ` ${row.tests.length} 项测试` : ''}`,
      )
    say(`覆盖 ${rows.filter((row) => row.covered).length} / ${rows.length}`)
    json({
      rows: rows.map(({ id, domain, covered, tests: titles }) => ({ id, domain, covered, tests: titles })),
    })
    return 0
  },
}

function readRows(): CatalogueRow[] {
  const text = readFileSync(path.join(ROOT, 'docs/catalogue/catalogue.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CatalogueRow)
}

function testsByRow(): Map<number, string[]> {
  const byRow = new Map<number, string[]>()
  for (const file of SEARCHED.flatMap((folder) => testFiles(path.join(ROOT, folder)))) {
    for (const [, title = ''] of readFileSync(file, 'utf8').matchAll(TITLE)) {
      for (const [, id] of title.matchAll(/#(\d+)/g)) {
        const key = Number(id)
        byRow.set(key, [...(byRow.get(key) ?? []), `${path.relative(ROOT, file)}: ${title}`])
      }
    }
  }
  return byRow
}

function testFiles(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const file = path.join(folder, name)
      if (statSync(file).isDirectory()) return testFiles(file)
      return /\.test\.tsx?$/.test(name) ? [file] : []
    })
  } catch {
    return []
  }
}

export const catalogueCommands: readonly CliCommand[] = [catalogue]
