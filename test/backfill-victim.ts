/** The process that is killed by test/backfill.test.ts in the middle of its work. */
import path from 'node:path'
import { runBackfills } from '../server/platform/backfill.ts'
import { connectRoles } from '../server/platform/database.ts'
import { openKeyRing } from '../server/platform/keys.ts'
import { roleSecrets } from '../server/platform/migrate.ts'
import { hits } from './backfill-table.ts'

const [, , adminUrl = '', varDir = ''] = process.argv
const database = connectRoles(adminUrl, roleSecrets(varDir), { max: 4 })
const keys = openKeyRing(path.join(varDir, 'victim-keyring.json'), { create: true })
await runBackfills({ database, keys }, [hits(() => process.send?.('chunk'))])
