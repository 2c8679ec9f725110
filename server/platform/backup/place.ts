import { unavailable, type AppError } from '../errors.ts'

/** What a second place for the backup can do; each throws `platform.second_place_unusable`, saying why. */
export interface SecondPlace {
  /** Names (with `/`) and sizes of what is there. */
  list: () => Promise<Map<string, number>>
  put: (name: string, file: string) => Promise<void>
  get: (name: string, file: string) => Promise<void>
  remove: (name: string) => Promise<void>
}

export function unusable(why: string): AppError {
  return unavailable('platform.second_place_unusable', why)
}
