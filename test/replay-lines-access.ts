import { randomUUID } from 'node:crypto'
import { createAccounts } from '../server/platform/account.actions.ts'
import { bindOutside } from '../server/platform/sign-in-ways.actions.ts'
import { recordPrint } from '../server/platform/release.actions.ts'
import { roleCommands } from '../server/platform/role.actions.ts'
import { PERMISSION_TITLES } from '../server/permission-titles.ts'
import { does, only, type OtherKey, type Place, type Write, type WriteLines } from './replay-lines.ts'

/** Lines of how accounts sign in, of what somebody typed and did not send, and of pages that go on paper. */

const HERE = '/api/counties/:county'
const ISSUER = 'https://id.example/'

interface Account {
  id: string
  login: string
}

async function account(place: Place): Promise<Account> {
  const login = `access.${place.count()}`
  const [roles, scope] = [[`role_maker_${place.of.county}`], [place.of.county]]
  const { ids } = await does(place, place.of.maker, createAccounts, {
    accounts: [{ login, fullName: '测试人员', roles, scope, level: 'county' }],
  })
  return { id: ids[0] ?? '', login }
}

/** With a second factor; nobody has to know its secret here. */
async function enrolled(place: Place): Promise<string> {
  const { id, login } = await account(place)
  await place.db.pool.query(
    `insert into platform.second_factor (id, account_id, secret_cipher, turned_on_at) values ($1, $2, 'x', now())`,
    [randomUUID(), id],
  )
  return login
}

const identity = ({ count }: Place) => ({ issuer: ISSUER, subject: `工号-${count()}` })

async function bound(place: Place): Promise<{ login: string; identityId: string }> {
  const { id, login } = await account(place)
  await does(place, place.of.maker, bindOutside, { login, ...identity(place) })
  const made = await only<{ id: string }>(
    place,
    'select id from platform.outside_identity where $1 <> subject and account_id = $2',
    [id],
  )
  return { login, identityId: made.id }
}

const draft = (id: string, writer: string) => ({
  path: { id },
  body: { form: 'hold.new', content: '没有写完', writer, version: 1, base: 0 },
})

async function kept({ db, of }: Place): Promise<string> {
  const id = randomUUID()
  await db.pool.query(
    `insert into platform.draft (county, id, account_id, form, subject, content_cipher, writer, version)
     values ($1, $2, $3, 'hold.new', '', 'x', gen_random_uuid(), 1)`,
    [of.county, id, of.maker.id],
  )
  return id
}

const { createRole } = roleCommands(PERMISSION_TITLES)

async function role(place: Place): Promise<string> {
  const named = { title: `验证岗位${place.count()}`, permissions: ['funds.hold.read'] }
  return (await does(place, place.of.maker, createRole, named)).key
}

const line = (make: (place: Place) => Promise<Write>, otherKey: OtherKey) => ({ make, otherKey })
const refused = (code: string) => ({ refused: code })

export const ACCESS_LINES: WriteLines = {
  [`POST ${HERE}/accounts/:login/second-factor/reset`]: line(
    async (place) => ({ by: place.of.maker, path: { login: await enrolled(place) } }),
    refused('platform.second_factor_off'),
  ),
  [`POST ${HERE}/accounts/:login/second-factor/rule`]: line(async (place) => {
    const { login } = await account(place)
    return { by: place.of.maker, path: { login }, body: { isRequired: true } }
  }, 'no effect'),
  [`POST ${HERE}/roles/:role/second-factor`]: line(
    async (place) => ({
      by: place.of.maker,
      path: { role: await role(place) },
      body: { isRequired: true },
    }),
    'no effect',
  ),
  [`POST ${HERE}/accounts/:login/outside-identities`]: line(async (place) => {
    const { login } = await account(place)
    return { by: place.of.maker, path: { login }, body: identity(place) }
  }, refused('platform.outside_identity_taken')),
  [`POST ${HERE}/accounts/:login/outside-identities/:identityId/unbind`]: line(
    async (place) => ({ by: place.of.maker, path: { ...(await bound(place)) } }),
    refused('platform.outside_identity_unknown'),
  ),
  // The same text of the same form is there already.
  [`POST ${HERE}/drafts/:id`]: line(
    async ({ of }) => ({ by: of.maker, ...draft(randomUUID(), randomUUID()) }),
    'no effect',
  ),
  [`POST ${HERE}/drafts/:id/discard`]: line(
    async (place) => ({ by: place.of.maker, path: { id: await kept(place) } }),
    'no effect',
  ),
  // Printed twice is two papers, each with its number.
  [`POST ${HERE}/prints`]: {
    make: async (place) => {
      // The series of the county begins with its first one.
      await does(place, place.of.maker, recordPrint, { page: '/runs/1' })
      return { by: place.of.maker, body: { page: '/runs/1' } }
    },
    otherKey: 'another effect',
    other: () => ({ body: { page: '/runs/2' } }),
  },
}
