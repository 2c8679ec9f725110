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
  const actor = await getActor(db.deps.database.app, 'clerk')
  const { importId } = await importFile(
    db.deps,
    { actor, county, kinds: importKinds, jobs: jobHandlers },
    {
      ...{ kind: 'people', fileName: '2020年12月新增低保对象.csv', on: '2020-11-01', bankCode: '' },
      bytes: Buffer.from(lines.map((cells) => cells.join(',')).join('\n')),
    },
  )
  return importId
}
