import { createAccounts } from '../server/platform/account.actions.ts'
import { PERMISSION_TITLES } from '../server/permission-titles.ts'
import { enterYear } from '../server/platform/calendar.routes.ts'
import { roleCommands } from '../server/platform/role.actions.ts'
import { openSession } from './asking.ts'
import { does, only, type Place, type Write, type WriteLines } from './replay-lines.ts'

/** Lines of accounts and the calendar. */

const HERE = '/api/counties/:county'

async function account(place: Place, change?: string): Promise<string> {
  const { of, db } = place
  const login = `account.${place.count()}`
  await does(place, of.maker, createAccounts, {
    accounts: [{ ...accountBody(place), login, fullName: '测试人员' }],
  })
  if (change) await db.pool.query(`update platform.account set ${change} where login = $1`, [login])
  return login
}

const accountBody = ({ of }: Place) => ({
  ...{ roles: [`role_maker_${of.county}`], scope: [of.county], level: 'county' },
})

const { createRole } = roleCommands(PERMISSION_TITLES)

const yearBody = (year: number) => ({
  ...{ year, number: '国办发明电〔2020〕27号', makeupWorkdays: [] },
  holidays: ['01', '02', '03', '04', '05', '06', '07'].map((day) => `${year}-10-${day}`),
})

const ofAccount =
  (body: (place: Place) => Write['body'], change?: string) =>
  async (place: Place): Promise<Write> => {
    const own = body(place)
    return {
      by: place.of.maker,
      path: { login: await account(place, change) },
      ...(own === undefined ? {} : { body: own }),
    }
  }

export const OFFICE_LINES: WriteLines = {
  [`POST ${HERE}/accounts`]: {
    make: async (place) => ({
      by: place.of.maker,
      body: { ...accountBody(place), login: `account.${place.count()}`, fullName: '测试人员' },
    }),
    otherKey: { refused: 'platform.login_taken' },
  },
  [`POST ${HERE}/accounts/:login/roles`]: {
    make: ofAccount(({ of }) => ({ roles: [`role_maker_${of.county}`, `role_checker_${of.county}`] })),
    otherKey: 'no effect',
  },
  [`POST ${HERE}/accounts/:login/scope`]: {
    make: ofAccount(({ of }) => ({ scope: of.towns, level: 'township' })),
    otherKey: 'no effect',
  },
  [`POST ${HERE}/accounts/:login/deactivate`]: { make: ofAccount(() => ({})), otherKey: 'no effect' },
  [`POST ${HERE}/accounts/:login/activate`]: {
    make: ofAccount(() => ({}), 'is_active = false'),
    otherKey: 'no effect',
  },
  [`POST ${HERE}/accounts/:login/unlock`]: {
    make: ofAccount(() => ({}), `failed_sign_ins = 1, locked_until = now() + interval '1 hour'`),
    otherKey: 'no effect',
  },
  [`POST ${HERE}/accounts/:login/sessions/:sessionId/revoke`]: {
    make: async (place) => {
      const login = await account(place)
      const { id } = await only<{ id: string }>(place, 'select id from platform.account where $1 <> login and login = $2', [login]) // prettier-ignore
      await openSession(place.db, id)
      const session = await only<{ id: string }>(place, 'select id from platform.session where $1 <> device and account_id = $2', [id]) // prettier-ignore
      return { by: place.of.maker, path: { login, sessionId: session.id } }
    },
    otherKey: { refused: 'platform.session_unknown' },
  },
  [`POST ${HERE}/roles`]: {
    make: async (place) => {
      const named = () => ({ title: `岗位${place.count()}`, permissions: ['funds.hold.read'] })
      // The counter of the county's roles begins with its first one.
      await does(place, place.of.maker, createRole, named())
      return { by: place.of.maker, body: named() }
    },
    otherKey: { refused: 'platform.role_title_taken' },
  },
  [`POST ${HERE}/roles/:key`]: {
    make: async (place) => {
      const title = `岗位${place.count()}`
      const made = await does(place, place.of.maker, createRole, { title, permissions: ['funds.hold.read'] })
      const body = { title, permissions: ['funds.hold.read', 'funds.ledger.read'], version: 1 }
      return { by: place.of.maker, path: { key: made.key }, body }
    },
    otherKey: { refused: 'platform.role_changed' },
  },
  [`POST ${HERE}/calendar/years`]: {
    make: async ({ of, count }) => ({ by: of.maker, body: yearBody(2100 + count()) }),
    otherKey: { refused: 'platform.calendar_year_known' },
    other: ({ body = {} }) => ({ body: yearBody(Number(body.year) + 300) }),
  },
  [`POST ${HERE}/calendar/years/:year/undo`]: {
    make: async (place) => {
      const year = 2500 + place.count()
      await does(place, place.of.maker, enterYear, yearBody(year))
      return { by: place.of.maker, path: { year }, body: { why: '通知有误' } }
    },
    otherKey: { refused: 'platform.calendar_year_unknown' },
  },
  [`POST ${HERE}/calendar/days/:day`]: {
    make: async ({ of, count }) => ({
      by: of.maker,
      path: { day: new Date(Date.UTC(2020, 6, 1) + count() * 86_400_000).toISOString().slice(0, 10) },
      body: { kind: 'holiday', basis: '国办发明电〔2020〕1号' },
    }),
    // Two notices may say the same of one day: both stand in its history.
    otherKey: 'another effect',
  },
}
