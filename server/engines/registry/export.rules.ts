import { PLACE_COLUMNS, type Column } from '../../platform/export.rules.ts'
import type { PersonInList } from './person-view.schema.ts'

/** Numbers come masked already. */
export const PEOPLE_COLUMNS: readonly Column<PersonInList>[] = [
  { title: '姓名', kind: 'text', value: ({ fullName }) => fullName },
  { title: '性别', kind: 'text', value: ({ sex }) => (sex === null ? null : sex === 'female' ? '女' : '男') },
  { title: '证件号码', kind: 'text', value: ({ idNumber }) => idNumber },
  { title: '电话', kind: 'text', value: ({ phone }) => phone },
  ...PLACE_COLUMNS,
  { title: '档案编号', kind: 'code', value: ({ id }) => id },
]
