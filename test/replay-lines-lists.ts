import { randomUUID } from 'node:crypto'
import { commands, importKinds, importUses } from '../server/app.ts'
import { batchCommands, uploadImport } from '../server/engines/imports/batch.actions.ts'
import { importJobs } from '../server/engines/imports/index.ts'
import { runAvailable } from '../server/platform/jobs.ts'
import { idNumberOf } from './import-sheet.ts'
import { does, only, type OtherKey, type Place, type Write, type WriteLines } from './replay-lines.ts'

/** Lines of what comes as a list: temporary aid, the old system's awards, files of the bureau. */

const HERE = '/api/counties/:county'

function aid({ of }: Place) {
  const [person] = of.people
  const id = person?.id ?? ''
  return {
    ...{ holderId: id, town: person?.town, village: person?.village },
    ...{ month: '2020-12', cause: '家中失火', clause: '第九条' },
    content: {
      ...{ amountFen: 500_00, persons: [id], kind: 'urgent', registeredPoor: false },
      payee: { kind: 'person', id },
    },
  }
}

/** Small, so that the town decided it; in effect. */
async function townAid(place: Place): Promise<string> {
  const { aids } = await does(place, place.of.maker, commands.grantTemporaryAid, { aids: [aid(place)] })
  const ids = aids.map(({ determinationId }) => determinationId)
  await does(place, place.of.checker, commands.checkDeterminations, { ids })
  return aids[0]?.awardId ?? ''
}

const oldList = ({ of }: Place) => ({
  awards: of.people.map(({ householdId, town, village }) => ({
    ...{ program: 'subsistence_allowance', holderKind: 'household', holderId: householdId, town, village },
    ...{ ledgerOpensMonth: '2019-12', lastPaidMonth: '2019-11', lastPaidFen: 484_00 },
  })),
})

async function takeover(place: Place): Promise<string> {
  return (await does(place, place.of.maker, commands.proposeTakeover, oldList(place))).takeoverId
}

const batches = batchCommands(importKinds)
const jobs = importJobs(importKinds, importUses)

interface List {
  kind: string
  fileName: string
  rows: string[][]
}

const base64Of = ({ rows }: List) =>
  Buffer.from(rows.map((row) => row.join(',')).join('\n')).toString('base64')

/** Of somebody whom no other list names. */
function peopleList(place: Place, serial = 500_000 + place.count()): List {
  const row = ['张某', idNumberOf(serial), place.of.villages[0] ?? '']
  return { kind: 'people', fileName: '名册.csv', rows: [['姓名', '身份证号', '村'], row] }
}

const rollsList = (serial: number): List => ({
  ...{ kind: 'rolls', fileName: '发放名单.csv' },
  rows: [
    ['姓名', '身份证号', '项目', '末次发放月份', '月发放金额', '开账月份'],
    ['张某', idNumberOf(serial), '特困', '2019-11', '1250.50', '2019-12'],
  ],
})

async function uploaded(place: Place, list: List): Promise<string> {
  const call = { actor: place.of.maker, county: place.of.county, idempotencyKey: randomUUID() }
  const { kind, fileName } = list
  const file = { kind, fileName, bytes: Buffer.from(base64Of(list), 'base64') }
  return (await uploadImport(place.db.deps, importKinds, { ...call, file })).importId
}

/** As guessed when it was uploaded. */
async function columnsOf(place: Place, importId: string): Promise<Record<string, number>> {
  const statement = 'select columns from imports.batch where county = $1 and id = $2'
  return (await only<{ columns: Record<string, number> }>(place, statement, [importId])).columns
}

async function checked(place: Place, list: List): Promise<string> {
  const importId = await uploaded(place, list)
  const columns = await columnsOf(place, importId)
  await does(place, place.of.maker, batches.askCheck, { importId, columns })
  await runAvailable(place.db.deps, jobs)
  return importId
}

async function loaded(place: Place, list: List): Promise<string> {
  const importId = await checked(place, list)
  await does(place, place.of.maker, batches.askLoad, { importId })
  await runAvailable(place.db.deps, jobs)
  return importId
}

/** The list of somebody who is on file. */
async function loadedRolls(place: Place): Promise<string> {
  const serial = 500_000 + place.count()
  await loaded(place, peopleList(place, serial))
  return loaded(place, rollsList(serial))
}

const line = (make: (place: Place) => Promise<Write>, otherKey: OtherKey) => ({ make, otherKey })
const refused = (code: string) => ({ refused: code })
const isAsked = refused('imports.batch_state')
const isAnswered = refused('benefits.takeover_state')

export const LIST_LINES: WriteLines = {
  // Somebody may be helped twice in a month; another person decides on each.
  [`POST ${HERE}/aids`]: {
    make: async (place) => ({ by: place.of.maker, body: { aids: [aid(place)] } }),
    otherKey: 'another effect',
    other: ({ body = {} }) => {
      const [first] = body.aids as object[]
      return { body: { aids: [{ ...first, cause: '另一个原因' }] } }
    },
  },
  [`POST ${HERE}/aids/file`]: {
    make: async (place) => ({ by: place.of.maker, body: { awardIds: [await townAid(place)] } }),
    otherKey: refused('social_assistance.aid_already_filed'),
    other: () => ({ body: { awardIds: [randomUUID()] } }),
  },
  // Two lists may wait: whoever signs is told who stands in both.
  [`POST ${HERE}/takeovers`]: {
    make: async (place) => ({ by: place.of.maker, body: oldList(place) }),
    otherKey: 'another effect',
    other: ({ body = {} }) => ({ body: { awards: (body.awards as object[]).slice(1) } }),
  },
  [`POST ${HERE}/takeovers/:takeoverId/sign`]: line(
    async (place) => ({ by: place.of.checker, path: { takeoverId: await takeover(place) } }),
    isAnswered,
  ),
  [`POST ${HERE}/takeovers/:takeoverId/withdraw`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { takeoverId: await takeover(place) },
      body: { why: '清单不全' },
    }),
    isAnswered,
  ),
  // A file may be uploaded again, with other columns in mind; nothing of it is loaded before somebody says so.
  [`POST ${HERE}/imports`]: line(async (place) => {
    const list = peopleList(place)
    const { kind, fileName } = list
    return { by: place.of.maker, body: { kind, fileName, base64: base64Of(list) } }
  }, 'another effect'),
  [`POST ${HERE}/imports/:importId/check`]: line(async (place) => {
    const importId = await uploaded(place, peopleList(place))
    return {
      by: place.of.maker,
      path: { importId },
      body: { columns: await columnsOf(place, importId) },
    }
  }, isAsked),
  [`POST ${HERE}/imports/:importId/load`]: line(
    async (place) => ({ by: place.of.maker, path: { importId: await checked(place, peopleList(place)) } }),
    isAsked,
  ),
  [`POST ${HERE}/imports/:importId/undo`]: line(
    async (place) => ({
      by: place.of.maker,
      path: { importId: await loaded(place, peopleList(place)) },
      body: { why: '文件传错了' },
    }),
    isAsked,
  ),
  [`POST ${HERE}/imports/:importId/sign`]: line(
    async (place) => ({ by: place.of.checker, path: { importId: await loadedRolls(place) } }),
    refused('imports.not_to_sign'),
  ),
}
