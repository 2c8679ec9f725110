import { Readable } from 'node:stream'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  RouteShorthandOptions,
} from 'fastify'
import { z } from 'zod'
import { FileAnswer, pathNames, StreamAnswer, type Endpoint } from './platform/endpoint.schema.ts'

interface Mounting<Input extends z.ZodObject, Output extends z.ZodType> {
  /** For the description of the interface. */
  description?: string
  /** Before the input is read: nobody makes the server take in what they may not send. */
  guard?: (request: FastifyRequest) => Promise<unknown>
  config?: RouteShorthandOptions['config']
  answer: (input: z.output<Input>, request: FastifyRequest, reply: FastifyReply) => Promise<z.input<Output>>
}

const answering = new WeakSet<FastifyRequest>()

/** Whether it passed the contract: from then on whoever answers leaves the audit row. */
export function isAnswering(request: FastifyRequest): boolean {
  return answering.has(request)
}

/** What stands in the path comes from there, the rest from the query or the body; both are checked by the contract. */
export function mountEndpoint<Input extends z.ZodObject, Output extends z.ZodType>(
  api: FastifyInstance,
  { method, path, title, input, output, mostBytes }: Endpoint<Input, Output>,
  { description, guard, config, answer }: Mounting<Input, Output>,
): void {
  const names = pathNames(path)
  const isFile = (output as z.ZodType) === FileAnswer
  const isStream = (output as z.ZodType) === StreamAnswer
  const part = (isInPath: boolean) =>
    z.object(
      Object.fromEntries(Object.entries(input.shape).filter(([name]) => names.includes(name) === isInPath)),
    )
  // Without its exact type Fastify does not try to derive what the handler may return: `answer` has it already.
  const schema: FastifySchema = {
    summary: title,
    ...(description ? { description } : {}),
    params: part(true),
    ...(method === 'POST' ? { body: part(false) } : { querystring: part(false) }),
    response: { 200: isFile || isStream ? A_FILE : output },
  }
  api.route({
    method,
    url: path,
    schema,
    ...(config ? { config } : {}),
    ...(mostBytes ? { bodyLimit: mostBytes } : {}),
    ...(guard ? { preParsing: async (request: FastifyRequest) => void (await guard(request)) } : {}),
    handler: async (request, reply) => {
      answering.add(request)
      const asked = method === 'POST' ? request.body : request.query
      const given = { ...(asked as object), ...(request.params as object) } as z.output<Input>
      const result = await answer(given, request, reply)
      if (isStream) return streamOf(StreamAnswer.parse(result), reply)
      return isFile ? fileOf(FileAnswer.parse(result), reply) : result
    },
  })
}

const A_FILE = {
  description: '文件',
  content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
}

function fileOf({ name, bytes }: FileAnswer, reply: FastifyReply): Buffer {
  attach(name, 'application/octet-stream', reply)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** A piece is made when the one before has gone out; a reader who leaves ends the making. */
function streamOf({ name, type, headers, pieces }: StreamAnswer, reply: FastifyReply): Readable {
  attach(name, type, reply)
  reply.headers(headers)
  return Readable.from(pieces, { objectMode: false })
}

function attach(name: string, type: string, reply: FastifyReply): void {
  reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
}
