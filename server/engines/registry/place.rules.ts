import type { Actor } from '../../platform/access.ts'
import { forbidden, invalid } from '../../platform/errors.ts'

/** Codes as they are today: town 9 digits, village (村、社区) 12 digits. */
export interface Place {
  town: string
  village: string
}

/** Throws `registry.place_outside_county` or `registry.outside_scope`: nobody files a record where they could not see it again. */
export function requirePlace(actor: Actor, county: string, { town, village }: Place): void {
  if (!town.startsWith(county) || !village.startsWith(county)) {
    throw invalid(
      'registry.place_outside_county',
      `村（社区）${village} 不在 ${county} 境内，未保存。请改选本县的村（社区）。`,
      { town, village },
    )
  }
  if ([county, town, village].some((code) => actor.scope.includes(code))) return
  throw forbidden(
    'registry.outside_scope',
    '该村（社区）不在您负责的地区，未保存。请由所在乡镇或县级办理。',
    { town, village },
  )
}

/** Throws `registry.needs_whole_county`: what touches several towns at once is not a town's to do. */
export function requireWholeCounty(actor: Actor, county: string): void {
  if (actor.scope.includes(county)) return
  throw forbidden('registry.needs_whole_county', '此项涉及全县资料，须由县级账号办理。请联系县级民政部门。')
}
