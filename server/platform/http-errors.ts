import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { isConnectionLost, sqlStateOf } from './db.ts'
import { isAppError } from './errors.ts'

/** RFC 9457, with the stable code that screens switch on. */
export interface Problem {
  type: 'about:blank'
  status: number
  code: string
  /** Chinese: what happened, then what to do. */
  detail: string
  requestId: string
  details?: unknown
}

/** Every error becomes one of these; what is not an AppError is our fault and says nothing of its inside. */
export async function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const problem = problemOf(error, request.id)
  await reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(asText(problem))
}

/** A refusal may repeat what was typed: nothing of it is markup, wherever it is shown. */
function asText(problem: Problem): string {
  return JSON.stringify(problem).replaceAll('<', '\\u003c')
}

export function problemOf(error: unknown, requestId: string): Problem {
  const base = { type: 'about:blank', requestId } as const
  if (isAppError(error)) {
    const { status, code, message: detail } = error
    // A command that refuses its input lists the fields as the contract of an address does.
    const details = code === INPUT_INVALID ? error.details?.details : error.details
    return { ...base, status, code, detail, ...(details ? { details } : {}) }
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map(({ instancePath, message }) => ({
      path: instancePath.slice(1).replaceAll('/', '.'),
      problem: message ?? '',
    }))
    return { ...base, status: 422, code: INPUT_INVALID, detail: INVALID, details }
  }
  const ofServer = OF_DATABASE[sqlStateOf(error) ?? '']
  if (ofServer) return { ...base, status: 503, code: ofServer[0], detail: ofServer[1] }
  if (isConnectionLost(error)) return { ...base, status: 503, code: LOST[0], detail: LOST[1] }
  const status = statusOf(error)
  const [code, detail] = OUTSIDE[status] ?? OTHER
  return { ...base, status: OUTSIDE[status] ? status : 500, code, detail }
}

const INPUT_INVALID = 'platform.input_invalid'
const INVALID = '提交的内容不完整或格式不对，未保存。请按提示改正后再提交。'
/** What the web server itself refuses. */
const OUTSIDE: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['platform.request_unreadable', '请求读不懂，没有处理。请刷新页面后再试。'],
  404: ['platform.address_unknown', '没有这个地址。请从首页重新进入。'],
  413: ['platform.request_too_large', '内容太大，没有接收。请分批提交。'],
  414: ['platform.address_unknown', '没有这个地址。请从首页重新进入。'],
  415: ['platform.request_unreadable', '请求读不懂，没有处理。请刷新页面后再试。'],
  429: ['platform.too_many_requests', '操作太频繁，请等一分钟再试。'],
}
/** What the database says of its disk. */
const OF_DATABASE: Readonly<Record<string, readonly [code: string, detail: string]>> = {
  '53100': ['platform.disk_full', '服务器的磁盘满了，本次没有写入。请系统管理员清理磁盘后再办。'],
  XX001: [
    'platform.page_damaged',
    '数据库文件有一处损坏，这次没有读到，也没有写入。请停止办理，马上告诉系统管理员：要换磁盘，从备份恢复。',
  ],
}
/** Outside of a command, which tells more exactly what became of it. */
const LOST = [
  'platform.database_unreachable',
  '数据库连接中断。请稍后重试；刚才做的有没有办成，请刷新后看。',
] as const
const OTHER = [
  'platform.unexpected',
  '系统出了差错，本次操作没有完成。请稍后再试，仍不行请把编号告诉管理员。',
] as const

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
}
