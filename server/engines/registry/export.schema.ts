import { exportEndpoint } from '../../platform/export.schema.ts'
import { findPeopleEndpoint } from './person-view.schema.ts'

export const exportPeople = exportEndpoint({
  list: 'people',
  listTitle: '人员名单',
  isPersonal: true,
  filter: findPeopleEndpoint.input.omit({ after: true, limit: true }),
})
