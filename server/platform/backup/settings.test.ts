import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readBackupSettings } from './settings.ts'

describe('settings of the backup', () => {
  test('beside the data, at two, seven days and four weeks, no second place', () => {
    expect(readBackupSettings({}, '/srv/var')).toEqual({
      ...{ folder: '/srv/var/backup', hour: 2, keep: { daily: 7, weekly: 4 }, secondPlace: undefined },
    })
  })

  test('may be somewhere else, or off', () => {
    expect(readBackupSettings({ MINBEN_BACKUP: '/mnt/a' }, '/srv/var').folder).toBe('/mnt/a')
    expect(readBackupSettings({ MINBEN_BACKUP: 'off' }, '/srv/var').folder).toBeUndefined()
  })

  test('a second place is a folder or a bucket; a bucket needs its endpoint and credentials', () => {
    const secret = path.join(mkdtempSync(path.join(tmpdir(), 'minben-s3-')), 'secret')
    writeFileSync(secret, 'hush\n')
    const s3 = {
      MINBEN_BACKUP_COPY: 's3://county/minben/441882/',
      MINBEN_BACKUP_S3_ENDPOINT: 'https://s3.example.cn',
      MINBEN_BACKUP_S3_KEY: 'id',
      MINBEN_BACKUP_S3_SECRET_FILE: secret,
    }
    expect(readBackupSettings({ MINBEN_BACKUP_COPY: '/mnt/b' }, '/v').secondPlace).toEqual({
      ...{ kind: 'folder', folder: '/mnt/b' },
    })
    expect(readBackupSettings(s3, '/v').secondPlace).toEqual({
      ...{ kind: 's3', endpoint: 'https://s3.example.cn', region: 'us-east-1', bucket: 'county' },
      ...{ prefix: 'minben/441882', accessKey: 'id', secret: 'hush' },
    })
    const { MINBEN_BACKUP_S3_KEY: _, ...without } = s3
    expect(() => readBackupSettings(without, '/v')).toThrow('MINBEN_BACKUP_S3_KEY')
  })

  test('an hour that no day has is refused', () => {
    expect(() => readBackupSettings({ MINBEN_BACKUP_HOUR: '24' }, '/v')).toThrow()
  })
})
