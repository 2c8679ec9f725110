import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CIPHER_COLUMNS } from '../server/cipher-columns.ts'
import { openDeps } from '../server/platform/install.ts'
import { readConfig } from '../server/platform/config.ts'
import { changeKeys } from '../server/platform/key-change.ts'
import { openKeyRing, reloadKeyRing } from '../server/platform/keys.ts'
import { ROLES } from '../server/roles.ts'
import { minben } from './cli.ts'
import { COUNTY, KEEPER, keysWorld, type KeysWorld } from './keys-world.ts'

/** The keys of an installation: a start with others is refused, copies leave and come back, a change reaches everything. */

let keys: KeysWorld
let { db, world, file, folder, at, without } = {} as KeysWorld

beforeAll(async () => {
  keys = await keysWorld()
  ;({ db, world, file, folder, at, without } = keys)
})
afterAll(() => keys.close())

const start = async () => {
  const deps = await openDeps(readConfig(), ROLES)
  await deps.close()
}
const trail = async (event: string) => {
  const { rows } = await db.pool.query<{ actor: string | null; subject: object }>(
    `select a.login as actor, r.subject::json as subject from platform.audit_row r left join platform.account a on a.id = r.actor_id
      where r.county = $1 and r.event = $2 order by r.at`,
    [COUNTY, event],
  )
  return rows
}

describe('a copy under a passphrase', () => {
  test('needs a passphrase that is long enough, and somebody who may', async () => {
    const out = ['--out', at('none.json')]
    expect(await minben('keys', 'export', ...out, ...KEEPER)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--passphrase-file'),
    })
    writeFileSync(at('short'), '太短了\n')
    expect(await minben('keys', 'export', ...out, ...KEEPER, '--passphrase-file', at('short'))).toMatchObject(
      { code: 2 },
    )
    const phrase = ['--passphrase-file', at('phrase')]
    expect(await minben('keys', 'export', ...out, ...phrase)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--as'),
    })
    expect(await minben('keys', 'export', ...out, ...phrase, '--as', world.clerk.login)).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('platform.permission_missing') },
    })
    expect(readdirSync(folder)).not.toContain('none.json')
  })

  test('is written once, for its owner alone, and ends the reminder', async () => {
    const args = ['keys', 'export', '--out', at('copy.json'), ...KEEPER, '--passphrase-file', at('phrase')]
    expect(await minben(...args)).toMatchObject({ code: 0, err: '' })
    expect(statSync(at('copy.json')).mode & 0o777).toBe(0o600)
    expect(await minben(...args)).toMatchObject({
      code: 1,
      err: expect.stringContaining('platform.file_exists'),
    })
    const { code, out } = await minben('keys', 'status', '--json')
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { current: 'k1', copied: 'k1', isCopied: true, underOldKeys: 0 },
    ])
    expect(await trail('platform.key.exported')).toEqual([{ actor: 'keeper', subject: { key: 'k1' } }])
  })

  test('comes back where the ring is missing; without it nothing starts, with a wrong passphrase nothing is written', async () => {
    await without(async () => {
      await expect(start()).rejects.toMatchObject({ code: 'platform.keys_missing' })
      const args = ['keys', 'import', '--from', at('copy.json'), '--passphrase-file']
      expect(await minben(...args, at('other-phrase'))).toMatchObject({
        code: 1,
        err: expect.stringContaining('platform.key_copy_passphrase'),
      })
      expect(readdirSync(path.dirname(file))).not.toContain('keyring.json')
      expect(await minben(...args, at('phrase'), ...KEEPER)).toMatchObject({ code: 0, err: '' })
      await start()
      expect(readFileSync(file, 'utf8')).toBe(readFileSync(at('aside'), 'utf8'))
    })
    expect(await trail('platform.key.imported')).toEqual([{ actor: 'keeper', subject: { key: 'k1' } }])
  })
})

describe('a ring of another installation', () => {
  test('is refused at the start, in one message that names both, and nothing is written', async () => {
    const count = async () => (await db.pool.query('select from platform.audit_row')).rowCount
    const before = await count()
    await without(async () => {
      openKeyRing(file, { create: true })
      const bin = path.resolve(import.meta.dirname, '../bin/minben.js')
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'worker'], {
        encoding: 'utf8',
        timeout: 30_000,
      })
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(
        /^密钥文件 .+（指纹 [0-9a-f]{32}）不是这个数据库的，与数据库登记的指纹 [0-9a-f]{32}不符。没有写入任何内容。.+（platform\.keys_other）\n$/,
      )
    })
    expect(await count()).toBe(before)
  })

  test('is not overwritten by ours, nor ours replaced by its copy', async () => {
    await without(async () => {
      openKeyRing(file, { create: true })
      const theirs = readFileSync(file, 'utf8')
      const args = ['keys', 'import', '--from', at('copy.json'), '--passphrase-file', at('phrase')]
      expect(await minben(...args)).toMatchObject({
        code: 1,
        err: expect.stringContaining('platform.keys_other'),
      })
      expect(readFileSync(file, 'utf8')).toBe(theirs)
    })
  })
})

describe('a change of keys', () => {
  test('that is broken off is finished by the next, without another key; then everything is under the new one', async () => {
    cpSync(file, at('before.json'))
    const stop = () => {
      throw new Error('killed')
    }
    await expect(changeKeys(db.deps, CIPHER_COLUMNS, stop)).rejects.toThrow('killed')
    const { code, out } = await minben('keys', 'rotate', ...KEEPER, '--json')
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { key: 'k2', isContinued: true, remaining: 0, damaged: [], damagedFiles: [] },
    ])
    const { rows } = await db.pool.query<{ old: number }>(
      `select count(*) as old from registry.person where id_cipher not like '%k2%'`,
    )
    expect(rows).toEqual([{ old: 0 }])
    reloadKeyRing(db.deps.keys)
    expect((await trail('platform.key.changed')).map(({ actor }) => actor)).toEqual(['keeper'])
  })

  test('makes the old copy incomplete: the reminder is back, and a start with the old file is refused', async () => {
    expect(await minben('keys', 'status')).toMatchObject({
      code: 1,
      out: expect.stringContaining('还没有另存副本'),
    })
    await without(async () => {
      cpSync(at('before.json'), file)
      await expect(start()).rejects.toMatchObject({ code: 'platform.keys_outdated' })
    })
    const phrase = ['--passphrase-file', at('phrase')]
    await minben('keys', 'export', '--out', at('copy-2.json'), ...KEEPER, ...phrase)
    await without(async () => {
      cpSync(at('before.json'), file)
      const { code, out } = await minben('keys', 'import', '--from', at('copy-2.json'), ...phrase, '--json')
      expect([code, JSON.parse(out)]).toMatchObject([
        0,
        { outcome: 'completed', newest: 'k2', isChecked: true },
      ])
      await start()
    })
    await without(async () => {
      expect(await minben('keys', 'import', '--from', at('copy.json'), ...phrase)).toMatchObject({
        code: 1,
        out: expect.stringContaining('缺 k2'),
      })
    })
  })
})

describe('shares for two officers', () => {
  test('two of two give the ring back, one does not', async () => {
    expect(await minben('keys', 'split', '--out', at('shares'), ...KEEPER)).toMatchObject({
      code: 0,
      err: '',
    })
    const [one = '', two = '', ...more] = readdirSync(at('shares')).map((name) =>
      path.join(at('shares'), name),
    )
    expect(more).toEqual([])
    const ours = readFileSync(file, 'utf8')
    await without(async () => {
      expect((await minben('keys', 'join', one)).code).toBe(2)
      expect(await minben('keys', 'join', one, one)).toMatchObject({
        code: 1,
        err: expect.stringContaining('platform.key_shares'),
      })
      expect(await minben('keys', 'join', one, two)).toMatchObject({ code: 0, err: '' })
      expect(readFileSync(file, 'utf8')).toBe(ours)
    })
    expect(await trail('platform.key.split')).toEqual([
      { actor: 'keeper', subject: { key: 'k2', shares: 2, needed: 2 } },
    ])
    expect(await trail('platform.key.joined')).toEqual([{ actor: null, subject: { key: 'k2', shares: 2 } }])
  })
})
