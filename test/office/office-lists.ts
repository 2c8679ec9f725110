import { importKinds } from '../../server/app.ts'
import { importFile } from '../../server/engines/imports/index.ts'
import { jobHandlers } from '../../server/jobs.ts'
import { getActor } from '../../server/platform/access.ts'
import { idNumberOf } from '../import-sheet.ts'
import type { OfficeWorld } from './office-world.ts'

/** A list of forty people, every third row wrong in one of five ways; what is right is loaded. Answers with its id. */
export async function loadSome({ db, county }: OfficeWorld): Promise<string> {
  const { rows } = await db.pool.query<{ code: string }>(
    `select code from registry.area where length(code) = 12 and starts_with(code, $1) order by code limit 4`,
    [county],
  )
  const villageOf = (index: number) => rows[index % rows.length]?.code ?? ''
  const line = (index: number) => {
    const good = [
      `阿依努尔·${'甲乙丙丁戊'.charAt(index % 5)}`,
      idNumberOf(810_000 + index),
      villageOf(index),
      '',
    ]
    const faults: [number, string][] = [
      ...([
        [1, good[1]?.slice(0, 17) + '0'],
        [2, '桃花源村'],
        [3, '1390013800'],
      ] as [number, string][]),
      ...([
        [0, ''],
        [1, good[1]?.slice(0, 15) ?? ''],
      ] as [number, string][]),
    ]
    const fault = index % 3 === 2 ? faults[Math.floor(index / 3) % faults.length] : undefined
    return fault ? good.with(...fault) : good
  }
  const lines = [
    ['姓名', '身份证号', '村', '联系电话'],
    ...Array.from({ length: 40 }, (_, index) => line(index)),
  ]
  return imported({ db, county }, { kind: 'people', fileName: '2020年12月新增低保对象.csv', lines })
}

interface List {
  kind: string
  fileName: string
  lines: readonly (readonly (string | undefined)[])[]
}

async function imported(
  { db, county }: Pick<OfficeWorld, 'db' | 'county'>,
  { lines, ...list }: List,
): Promise<string> {
  const actor = await getActor(db.deps.database.app, 'clerk')
  const { importId } = await importFile(
    db.deps,
    { actor, county, kinds: importKinds, jobs: jobHandlers },
    {
      ...{ ...list, on: '2020-11-01', bankCode: '' },
      bytes: Buffer.from(lines.map((cells) => cells.join(',')).join('\n')),
    },
  )
  return importId
}

/** The lines of a list of decisions on so many people who are on file, the last one wrong. */
export async function decisionLines(office: OfficeWorld, count: number): Promise<string[][]> {
  const { rows } = await office.db.pool.query<{ code: string }>(
    `select code from registry.area where length(code) = 12 and starts_with(code, $1) order by code limit 1`,
    [office.county],
  )
  const from = await nextMonth(office)
  const people = Array.from({ length: count }, (_, index) => ['盘某', idNumberOf(820_000 + index)])
  const place = rows[0]?.code ?? ''
  const filed = [['姓名', '身份证号', '村'], ...people.map((who) => [...who, place])]
  await imported(office, { kind: 'people', fileName: '特困人员.csv', lines: filed })
  const said = ['特困', '新增', from, '经评估符合条件', '清民救〔2020〕12号', '农村', '分散供养']
  return [
    ['姓名', '身份证号', '救助项目', '办理类别', '执行月份', '原因', '文号', '城乡', '供养方式', '自理能力'],
    ...people.map((who, index) => [...who, ...said, index === count - 1 ? '二级' : '全自理']),
  ]
}

/** A list of decisions that was loaded: its proposals wait. */
export async function proposeList(office: OfficeWorld): Promise<string> {
  const lines = await decisionLines(office, 24)
  return imported(office, { kind: 'decisions', fileName: '特困新增认定.csv', lines })
}

/** The first one that a decision of today may be about. */
async function nextMonth({ db }: OfficeWorld): Promise<string> {
  const { rows } = await db.pool.query<{ from: string }>(
    `select to_char(now + interval '1 month', 'YYYY-MM') as from from platform.simulated_clock`,
  )
  return rows[0]?.from ?? ''
}
