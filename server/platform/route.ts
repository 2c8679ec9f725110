import type { z } from 'zod'
import type { Actor } from './access.ts'
import { execute, type Call, type Command, type Deps } from './command.ts'
import type { Endpoint } from './endpoint.schema.ts'
import { ask, type Query } from './query.ts'

/** Who asks over HTTP, and with which key a repeated request is known again. */
export interface Asker {
  actor: Actor
  requestId: string
  idempotencyKey: string | undefined
  /** What was kept of the form that is sent. */
  draftId?: string | undefined
}

/** One address of the interface; its permission is that of the command or query behind it, which names the audit event too. */
export interface Route {
  endpoint: Endpoint
  permission: string
  /** What else the asker needs. */
  also?: readonly string[]
  /** Writes more than the row of who looked. */
  isChange?: boolean
  /** Takes data out of the office: may be asked for less often than a page. */
  isRelease?: boolean
  answer: (deps: Deps, asker: Asker, input: never) => Promise<unknown>
}

/** Every address of the office stands in one county, which is part of its input. */
type InCounty = z.ZodObject<{ county: z.ZodType<string, string> }>

/** An address that changes something: the rest of the input is the command's. */
export function commandRoute<
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Of,
  Result extends z.input<Output>,
>(endpoint: Endpoint<Input, Output> & { input: InCounty }, command: Command<Of, Result>): Route {
  return {
    endpoint,
    permission: command.permission,
    isChange: true,
    answer: (deps, { actor, requestId, idempotencyKey, draftId }, { county, ...input }: { county: string }) =>
      execute(deps, command, {
        actor,
        county,
        requestId,
        input,
        ...(idempotencyKey ? { idempotencyKey } : {}),
        ...(draftId ? { draftId } : {}),
      }),
  }
}

/** An address that only reads. */
export function queryRoute<
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Result extends z.input<Output>,
>(endpoint: Endpoint<Input, Output> & { input: InCounty }, query: Query<z.output<Input>, Result>): Route {
  return {
    endpoint,
    permission: query.permission,
    answer: (deps, { actor, requestId }, input: z.output<Input> & { county: string }) =>
      ask(deps, query, { actor, county: input.county, requestId, input }),
  }
}

/**
 * An address behind which stands more than one transaction, because no transaction may be held while a file is made, read or received,
 * or a password hashed. What it calls checks the permission and leaves the audit row.
 */
export function workRoute<
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Result extends z.input<Output>,
>(
  endpoint: Endpoint<Input, Output> & { input: InCounty },
  permission: string,
  work: (
    deps: Deps,
    call: Call & { requestId: string },
    input: Omit<z.output<Input>, 'county'>,
  ) => Promise<Result>,
): Route {
  return {
    endpoint,
    permission,
    isChange: endpoint.method !== 'GET',
    answer: (
      deps,
      { actor, requestId, idempotencyKey },
      { county, ...input }: z.output<Input> & { county: string },
    ) => work(deps, { actor, county, requestId, ...(idempotencyKey ? { idempotencyKey } : {}) }, input),
  }
}
