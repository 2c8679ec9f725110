import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  RouteShorthandOptions,
} from 'fastify'
import { z } from 'zod'
import { pathNames, type Endpoint } from './platform/endpoint.schema.ts'

interface Mounting<Input extends z.ZodObject, Output extends z.ZodType> {
  /** For the description of the interface. */
  description?: string
  /** Before the input is looked at. */
  guard?: (request: FastifyRequest) => Promise<unknown>
  config?: RouteShorthandOptions['config']
  answer: (input: z.output<Input>, request: FastifyRequest, reply: FastifyReply) => Promise<z.input<Output>>
}

/** What stands in the path comes from there, the rest from the query or the body; both are checked by the contract. */
export function mountEndpoint<Input extends z.ZodObject, Output extends z.ZodType>(
  api: FastifyInstance,
  { method, path, title, input, output }: Endpoint<Input, Output>,
  { description, guard, config, answer }: Mounting<Input, Output>,
): void {
  const names = pathNames(path)
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
    response: { 200: output },
  }
  api.route({
    method,
    url: path,
    schema,
    ...(config ? { config } : {}),
    ...(guard ? { preValidation: (request: FastifyRequest) => guard(request) } : {}),
    handler: (request, reply) => {
      const asked = method === 'POST' ? request.body : request.query
      const given = { ...(asked as object), ...(request.params as object) } as z.output<Input>
      return answer(given, request, reply)
    },
  })
}
