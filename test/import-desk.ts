import { expect } from 'vitest'
import type * as view from '../server/engines/imports/batch-view.schema.ts'
import type { Asking } from './asking.ts'
import { idNumberOf } from './import-sheet.ts'

export const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64')
export const csvOf = (rows: readonly (readonly (string | number)[])[]) =>
  rows.map((row) => row.join(',')).join('\n')

/** Good people of the first village: what a row says, by serial. */
export function person(serial: number, changes: Partial<Record<number, string>> = {}): string[] {
  const row = [`张${serial}`.replace(/\d+/, '某'), idNumberOf(serial), '上村', '北山镇']
  return row.map((cell, index) => changes[index] ?? cell)
}
export const PEOPLE = ['姓名', '身份证号', '村', '乡镇']

interface Upload {
  kind?: string
  fileName?: string
  bytes: Uint8Array | string
}

/** What people do with a list, step by step; `work` carries out what they asked for. */
export function importDesk(work: () => Promise<unknown>) {
  async function upload(
    who: Asking,
    { kind = 'people', fileName = '名册.xlsx', bytes }: Upload,
  ): Promise<string> {
    const answer = await who.post('/imports', { kind, fileName, base64: base64(bytes) })
    expect(answer.body).toMatchObject({ importId: expect.any(String) })
    return (answer.body as { importId: string }).importId
  }

  const shown = async (who: Asking, id: string) => (await who.get(`/imports/${id}`)).body as view.ImportShown

  async function check(who: Asking, id: string, rest: object = {}): Promise<view.ImportShown> {
    const { columns } = await shown(who, id)
    expect(await who.post(`/imports/${id}/check`, { columns, ...rest })).toMatchObject({
      ...{ status: 200, body: { importId: id, status: 'checking' } },
    })
    await work()
    return shown(who, id)
  }

  async function load(who: Asking, id: string): Promise<view.ImportShown> {
    expect(await who.post(`/imports/${id}/load`)).toMatchObject({ status: 200, body: { status: 'loading' } })
    await work()
    return shown(who, id)
  }

  async function undo(who: Asking, id: string): Promise<view.ImportShown> {
    expect(await who.post(`/imports/${id}/undo`, { why: '文件传错了' })).toMatchObject({ status: 200 })
    await work()
    return shown(who, id)
  }

  async function faultsOf(who: Asking, id: string) {
    const faults: {
      row: number
      place: number
      code: string
      value: string
      reason: string
      remedy: string
    }[] = []
    let after = ''
    do {
      const { body } = await who.get(`/imports/${id}/faults?limit=100${after}`)
      const page = body as { faults: typeof faults; next: string | null }
      faults.push(...page.faults)
      after = page.next === null ? '' : `&after=${page.next}`
    } while (after !== '')
    return faults
  }

  return { upload, shown, check, load, undo, faultsOf }
}
