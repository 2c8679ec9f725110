import type { FastifyRequest } from 'fastify'
import { invalid } from './platform/errors.ts'

const MOST_LEVELS = 40
/** PostgreSQL keeps no zero byte, and half of a character is none. */
const UNKEPT = /\0|\p{Surrogate}/u

/**
 * Before the contract looks: what no address takes, whatever its contract says of unknown parts. Walked with a list of its own, since
 * nesting that the stack does not hold is one of the things looked for.
 */
export async function requireReadable({ body, query, params }: FastifyRequest): Promise<void> {
  const open = [body, query, params].map((part): [value: unknown, level: number] => [part, 0])
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, level] = next
    if (level > MOST_LEVELS) throw unreadable(`层次超过 ${MOST_LEVELS} 层`)
    if (typeof value === 'string' && UNKEPT.test(value)) throw unreadable('有无法保存的字符')
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) continue
    for (const [name, part] of Object.entries(value)) {
      if (UNKEPT.test(name)) throw unreadable('有无法保存的字符')
      open.push([part, level + 1])
    }
  }
}

function unreadable(what: string) {
  return invalid('platform.input_invalid', `提交的内容${what}，未保存。请改正后再提交。`)
}
