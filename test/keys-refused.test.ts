import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../server/platform/config.ts'
import { openDeps } from '../server/platform/install.ts'
import { ROLES } from '../server/roles.ts'
import { minben } from './cli.ts'
import { KEEPER, keysWorld, type KeysWorld } from './keys-world.ts'

/** What the commands for keys do not do, for whom, and that the ring is then as it was. */

let keys: KeysWorld
let { db, world, file, folder, at, without } = {} as KeysWorld

beforeAll(async () => {
  keys = await keysWorld()
  ;({ db, world, file, folder, at, without } = keys)
  const args = ['--out', at('copy.json'), ...KEEPER, '--passphrase-file', at('phrase')]
  expect((await minben('keys', 'export', ...args)).code).toBe(0)
})
afterAll(() => keys.close())

describe('refused, with the ring as it was', () => {
  let before: string
  beforeEach(() => {
    before = readFileSync(file, 'utf8')
  })
  afterEach(() => {
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
  const phrase = () => ['--passphrase-file', at('phrase')]

  test.each([
    ['export', () => ['--out', at('refused'), ...phrase()]],
    ['split', () => ['--out', at('refused')]],
    ['rotate', () => []],
  ])(
    'keys %s by somebody who is no system administrator, by nobody, and by an account that is not there',
    async (deed, more) => {
      for (const [as, code] of [
        [[`--as`, world.clerk.login], 'platform.permission_missing'],
        [['--as', 'nobody.here'], 'platform.account_unknown'],
      ] as const)
        expect(await minben('keys', deed, ...more(), ...as)).toMatchObject({
          ...{ code: 1, out: '', err: expect.stringContaining(code) },
        })
      expect(await minben('keys', deed, ...more())).toMatchObject({
        ...{ code: 2, out: '', err: expect.stringContaining('缺少 --as') },
      })
      expect(readdirSync(folder)).not.toContain('refused')
    },
  )

  test('a file that is no copy, and one that is not there', async () => {
    writeFileSync(at('letter.json'), '{"format":"minben-keys-copy/1"}')
    expect(await minben('keys', 'import', '--from', at('letter.json'), ...phrase())).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('platform.key_copy_unreadable') },
    })
    expect(await minben('keys', 'import', '--from', at('nowhere.json'), ...phrase())).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('platform.file_unknown') },
    })
    expect(
      await minben('keys', 'import', '--from', at('copy.json'), '--passphrase-file', at('nowhere')),
    ).toMatchObject({
      ...{ code: 1, err: expect.stringMatching(/^找不到 .+nowhere。/) },
    })
  })

  test('a change of keys while another process changes them', async () => {
    writeFileSync(`${file}.lock`, '')
    const { code, err } = await minben('keys', 'rotate', ...KEEPER)
    rmSync(`${file}.lock`)
    expect([code, err]).toEqual([1, expect.stringContaining('platform.keys_locked')])
  })

  test.each([
    ['more needed than there are', ['--shares', '2', '--needed', '3']],
    ['one is enough', ['--shares', '2', '--needed', '1']],
    ['no number', ['--shares', 'two']],
  ])('a split of which %s', async (_, how) => {
    expect(await minben('keys', 'split', '--out', at('refused'), ...KEEPER, ...how)).toMatchObject({
      code: 2,
    })
    expect(readdirSync(folder)).not.toContain('refused')
  })

  test('too few shares of three, one of another splitting, one that was changed, one that is none', async () => {
    const split = async (name: string) => {
      const how = ['--shares', '4', '--needed', '3']
      expect((await minben('keys', 'split', '--out', at(name), ...how, ...KEEPER)).code).toBe(0)
      return readdirSync(at(name)).map((each) => path.join(at(name), each))
    }
    const [one = '', two = '', three = ''] = await split('first')
    const [other = ''] = await split('second')
    const text = readFileSync(three, 'utf8')
    writeFileSync(
      at('changed.json'),
      text.replace(
        /("share": "..)(..)/,
        (_, start: string, byte: string) => `${start}${byte === '00' ? '01' : '00'}`,
      ),
    )
    await without(async () => {
      for (const [files, why] of [
        [[one, two], '要 3 份不同的份额，只有 2 份'],
        [[one, two, two], '要 3 份不同的份额，只有 2 份'],
        [[one, two, other], '不是同一次拆分的'],
        [[one, two, at('changed.json')], '有份额被改动过'],
        [[one, two, at('letter.json')], '有的文件不是份额'],
      ] as const) {
        const { code, out, err } = await minben('keys', 'join', ...files)
        expect([code, out, err]).toEqual([1, '', expect.stringContaining(why)])
        expect(err).toContain('platform.key_shares')
        expect(existsSync(file)).toBe(false)
      }
      expect((await minben('keys', 'join', one, two, three)).code).toBe(0)
    })
  })
})

test('a second program on the same server without its roles.json is refused while the first works', async () => {
  const elsewhere = mkdtempSync(path.join(tmpdir(), 'minben-elsewhere-'))
  const served = await openDeps(readConfig(), ROLES)
  const roles = path.join(db.deps.varDir, 'roles.json')
  vi.stubEnv('MINBEN_VAR', elsewhere)
  try {
    await served.database.app.selectNoFrom(({ lit }) => lit(1).as('one')).execute()
    const refused = await minben('keys', 'status')
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('platform.roles_elsewhere'),
    })
    expect(existsSync(path.join(elsewhere, 'roles.json'))).toBe(false)
    cpSync(roles, path.join(elsewhere, 'roles.json'))
    expect((await minben('keys', 'status')).err).toBe('')
  } finally {
    vi.stubEnv('MINBEN_VAR', db.deps.varDir)
    await served.close()
    rmSync(elsewhere, { recursive: true, force: true })
  }
})
