/** What a second place for the backup can do. */
export interface SecondPlace {
  /** Names (with `/`) and sizes of what is there. */
  list: () => Promise<Map<string, number>>
  put: (name: string, file: string) => Promise<void>
  get: (name: string, file: string) => Promise<void>
  remove: (name: string) => Promise<void>
}
