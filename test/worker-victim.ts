/** The process that is killed by server/platform/jobs.test.ts: takes two jobs and never gives them back. */
import { realClock } from '../server/platform/clock.ts'
import { connectRoles } from '../server/platform/database.ts'
import { startWorker } from '../server/platform/jobs.ts'
import { openKeyRing } from '../server/platform/keys.ts'
import { roleSecrets } from '../server/platform/migrate.ts'
import path from 'node:path'

let taken = 0
const [, , adminUrl = '', varDir = ''] = process.argv

await startWorker(
  {
    database: connectRoles(adminUrl, roleSecrets(varDir), { max: 4 }),
    clock: realClock,
    keys: openKeyRing(path.join(varDir, 'victim-keyring.json'), { create: true }),
    varDir,
  },
  {
    'platform.letter.send': () => {
      taken += 1
      if (taken === 2) process.send?.('taken')
      return new Promise(() => {})
    },
  },
)
process.send?.('ready')
