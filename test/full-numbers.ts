import {
  currentAccounts,
  listPeoplePage,
  openAccountNumber,
  openIdNumber,
  openPhone,
  type Person,
} from '../server/engines/registry/index.ts'
import { read } from '../server/platform/command.ts'
import type { Actor } from '../server/platform/access.ts'
import type { TestDb } from './db.ts'
import { unzip } from './sheets.ts'

/** Every full number of the people on file: identity numbers, accounts, phones. */
export async function fullNumbers(db: TestDb, county: string, actor: Actor): Promise<Set<string>> {
  const { keys } = db.deps
  return read(db.deps, { actor, county }, async ({ tx }) => {
    const people: Person[] = []
    for (let after: string | undefined; ; after = people.at(-1)?.id) {
      const page = await listPeoplePage(tx, county, {
        ...(after === undefined ? {} : { after }),
        limit: 1000,
      })
      people.push(...page)
      if (page.length < 1000) break
    }
    const holderIds = people.map(({ id }) => id)
    const accounts = await currentAccounts(tx, county, { holderIds, on: '2020-12-01' })
    const numbers = people.flatMap((person) => [openIdNumber(keys, person), openPhone(keys, person)])
    return new Set([
      ...numbers.flatMap((number) => number ?? []),
      ...[...accounts.values()].map((account) => openAccountNumber(keys, account)),
    ])
  })
}

/** All text of a file, a workbook unpacked. */
export function textOf(bytes: Buffer): string {
  const isArchive = bytes.subarray(0, 2).toString('latin1') === 'PK'
  return isArchive
    ? [...unzip(bytes).values()].map((file) => file.toString('utf8')).join('\n')
    : bytes.toString('utf8')
}

/** Full numbers that stand in a text, also in groups, in full width, or within a longer run of digits. */
export function numbersIn(text: string, numbers: ReadonlySet<string>): string[] {
  const lengths = [...new Set([...numbers].map(({ length }) => length))]
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/(?<=\d)[ \u2010-\u2015-]+(?=[\dX])/g, '')
  const found = new Set<string>()
  for (const [run] of plain.matchAll(/\d{10,}X?/g))
    for (const length of lengths)
      for (let at = 0; at + length <= run.length; at += 1) {
        const part = run.slice(at, at + length)
        if (numbers.has(part)) found.add(part)
      }
  return [...found]
}
