import { z } from 'zod'
import { County, endpoint } from './endpoint.schema.ts'

/** Accounts and roles as the security administrator of a county sees them. */

const Login = z.string().min(1).max(40)
const Level = z.enum(['province', 'city', 'county', 'township', 'village'])
const Role = z.object({ key: z.string(), title: z.string() })

const Account = z.object({
  login: z.string(),
  fullName: z.string(),
  roles: z.array(Role),
  scope: z.array(z.string()),
  level: Level,
  isActive: z.boolean(),
  hasPassword: z.boolean(),
  passwordSetAt: z.string().nullable(),
  lockedUntil: z.string().nullable(),
  createdAt: z.string(),
  lastSeenAt: z.string().nullable(),
})

export const listAccountsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/accounts',
  title: '本县的账号，按登录名',
  input: z.object({
    county: County,
    /** Part of a login or of a name. */
    text: z.string().trim().max(40).optional(),
    role: z.string().max(60).optional(),
    active: z.enum(['true', 'false']).optional(),
    /** `next` of the page before. */
    after: Login.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({ accounts: z.array(Account), next: z.string().nullable() }),
})

const oneAccount = { county: County, login: Login }
const Done = z.object({ login: z.string() })

export const createAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts',
  title: '建立账号；密码另行重置后交给本人',
  input: z.object({
    county: County,
    login: z.string(),
    fullName: z.string(),
    roles: z.array(z.string()),
    scope: z.array(z.string()),
    level: Level,
  }),
  output: Done,
})
export const assignRolesEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/roles',
  title: '调整岗位',
  input: z.object({ ...oneAccount, roles: z.array(z.string()) }),
  output: Done,
})
export const changeScopeEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/scope',
  title: '调整管辖地区',
  input: z.object({ ...oneAccount, scope: z.array(z.string()), level: Level }),
  output: Done,
})
export const deactivateAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/deactivate',
  title: '停用账号，结束其全部登录',
  input: z.object(oneAccount),
  output: Done,
})
export const activateAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/activate',
  title: '恢复停用的账号',
  input: z.object(oneAccount),
  output: Done,
})
export const unlockAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/unlock',
  title: '解除密码错误引起的锁定',
  input: z.object(oneAccount),
  output: Done,
})
export const resetPasswordEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/password',
  title: '换一个随机密码（只在这次答复里显示），结束其全部登录',
  input: z.object(oneAccount),
  output: z.object({ login: z.string(), password: z.string() }),
})
export const listAccountSessionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/accounts/:login/sessions',
  title: '账号当前的登录',
  input: z.object(oneAccount),
  output: z.object({
    sessions: z.array(
      z.object({ id: z.uuid(), device: z.string(), createdAt: z.string(), seenAt: z.string() }),
    ),
  }),
})
export const revokeAccountSessionEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/accounts/:login/sessions/:sessionId/revoke',
  title: '强制结束账号的一个登录',
  input: z.object({ ...oneAccount, sessionId: z.uuid() }),
  output: Done,
})

export const listRolesEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/roles',
  title: '岗位及其权限：随系统安装的，和本县自己的',
  input: z.object({ county: County }),
  output: z.object({
    roles: z.array(
      Role.extend({
        /** One of the three administrators, of whom nobody is two. */
        isAdministrator: z.boolean(),
        /** Whoever has it in this county must use a second factor. */
        needsSecondFactor: z.boolean(),
        /** Made by the county: its permissions can be changed. */
        isOwn: z.boolean(),
        permissions: z.array(z.object({ permission: z.string(), title: z.string() })),
        /** Accounts in use that hold it. */
        holders: z.number().int(),
        version: z.number().int(),
        changedBy: z.string().nullable(),
        changedAt: z.string().nullable(),
        may: z.object({ change: z.boolean(), reason: z.string().nullable() }),
      }),
    ),
    /** Every permission there is. */
    permissions: z.array(
      z.object({
        permission: z.string(),
        title: z.string(),
        /** Of the three administrators alone: in no role that a county makes. */
        isReserved: z.boolean(),
      }),
    ),
  }),
})

const roleContent = { title: z.string(), permissions: z.array(z.string()) }
const RoleDone = z.object({ key: z.string(), version: z.number().int() })

export const createRoleEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/roles',
  title: '建立本县的岗位',
  input: z.object({ county: County, ...roleContent }),
  output: RoleDone,
})
export const changeRoleEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/roles/:key',
  title: '更改本县岗位的名称和权限，立即生效',
  input: z.object({
    ...{ county: County, key: z.string().min(1).max(60), ...roleContent },
    version: z.number().int(),
  }),
  output: RoleDone,
})
