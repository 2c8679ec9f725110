import { randomUUID } from 'node:crypto'
import { importKinds } from '../server/app.ts'
import { importFile } from '../server/engines/imports/index.ts'
import { recordAccounts, recordAreas, registerPeople } from '../server/engines/registry/index.ts'
import { jobHandlers } from '../server/jobs.ts'
import type { Actor } from '../server/platform/access.ts'
import { execute, type Command } from '../server/platform/command.ts'
import { upgrade15 } from '../server/platform/id-number.ts'
import { uuidv7 } from '../server/platform/uuid.ts'
import { buildActor } from './actors.ts'
import type { TestDb } from './db.ts'
import { buildOffice } from './funds-office.ts'

const PERMISSIONS = [
  'registry.area.record',
  'registry.person.register',
  'registry.account.record',
  'registry.duplicate.check',
  'registry.identity.reveal',
  'imports.batch.load',
]

export interface SecretPerson {
  id: string
  idNumber: string
  phone: string
  account: string
}

/**
 * People with numbers, phones and accounts, registered by the commands as a clerk types them, and paid by a batch that was filed and
 * answered. The last four of every secret start with 0, so that no amount, year or count looks like them.
 */
export async function secretWorld(db: TestDb, county = '441882', count = 12) {
  const clerk = await buildActor(db, { login: `clerk_${county}`, permissions: PERMISSIONS, scope: [county] })
  const desk = await buildOffice(db, county)
  const does = <Input, Result>(definition: Command<Input, Result>, input: unknown) =>
    execute(db.deps, definition, { actor: clerk, county, idempotencyKey: randomUUID(), input })

  const place = { town: `${county}101`, village: `${county}101201` }
  await does(recordAreas, {
    areas: [
      { code: place.town, name: '北山镇', level: 'township', parent: county },
      { code: place.village, name: '北山村委会', level: 'village', parent: place.town },
    ],
  })
  const people = Array.from({ length: count }, (_, index) => personOf(county, index))
  await does(registerPeople, {
    people: people.map(({ id, idNumber, phone }, index) => ({
      ...{
        id,
        ...place,
        fullName: nameAt(index),
        sex: null,
        bornOn: null,
      },
      ...{ idNumber: spaced(idNumber, [6, 8]), phone: spaced(phone, [3, 4]) },
    })),
  })
  const { ids: accountIds } = await does(recordAccounts, {
    accounts: people.map(({ id, account }, index) => ({
      ...{ holderKind: 'person', holderId: id, holderName: `王${index}`, bankCode: '103588000018', ...place },
      ...{ number: spaced(account, [4, 4, 4, 4]), from: '2020-01-01' },
    })),
  })
  await uploadTwice(db, { actor: clerk, county, people, village: place.village })
  await desk.budget(100_000_000)
  const awards = await Promise.all(people.map(({ id }) => plantAwardOf(db, county, id)))
  const lines = people.map(({ id }, index) => {
    return { awardId: awards[index] ?? '', payeeId: id, forMonth: '2026-01', fen: 48_400 }
  })
  await desk.publish({ lines })
  const { batchNo } = await desk.send()
  await desk.answer(batchNo)
  return { county, clerk, desk, does, people, accountIds, batchNo, place }
}

/** A list that names everybody twice: the second row of each is at fault, its number as typed is kept. */
async function uploadTwice(
  db: TestDb,
  {
    actor,
    county,
    people,
    village,
  }: { actor: Actor; county: string; people: readonly SecretPerson[]; village: string },
): Promise<void> {
  const rows = people.map(({ idNumber, phone }, index) => nameAt(index) + `,${idNumber},${village},${phone}`)
  const bytes = Buffer.from(['姓名,身份证号,村,电话', ...rows, ...rows].join('\n'))
  const { counts } = await importFile(
    db.deps,
    { actor, county, kinds: importKinds, jobs: jobHandlers },
    { kind: 'people', fileName: '名册.csv', bytes, on: '2020-01-01', bankCode: '' },
  )
  if (counts.wrong !== people.length) throw new Error('the list has other faults than planted')
}

function nameAt(index: number): string {
  return `王${'甲乙丙丁戊己庚辛壬癸'.charAt(index % 10)}`
}

export type SecretWorld = Awaited<ReturnType<typeof secretWorld>>

function personOf(county: string, index: number): SecretPerson {
  const serial = String(11 + index).padStart(3, '0')
  const tail = `0${String(411 + index)}`
  return {
    id: uuidv7(),
    idNumber: upgrade15(`${county}${50 + (index % 40)}0923${serial}`),
    phone: `1380013${tail}`,
    account: `621700312000017${tail}`,
  }
}

/** The text in groups, as it stands on a card. */
export function spaced(text: string, groups: readonly number[]): string {
  let at = 0
  const parts = groups.map((size) => text.slice(at, (at += size)))
  return [...parts, text.slice(at)].filter((part) => part !== '').join(' ')
}

async function plantAwardOf(db: TestDb, county: string, holderId: string): Promise<string> {
  const id = randomUUID()
  await db.pool.query(
    `insert into benefits.award (county, id, program, holder_kind, holder_id, ledger_opens_month, created_by, recorded_at)
     values ($1, $2, 'subsistence_allowance', 'person', $3, '2020-01', $3, now())`,
    [county, id, holderId],
  )
  return id
}
