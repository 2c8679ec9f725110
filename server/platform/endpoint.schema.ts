import { z } from 'zod'

/** County, six digits: part of every address of the office. */
export const County = z.string().regex(/^\d{6}$/, '地区代码为六位数字')

/** The largest number that the database counts things with: no address takes one that it could not look up. */
export const MOST_NUMBER = 2 ** 31 - 1

/** The answer of an address that gives a file: bytes with a name, not JSON. */
export const FileAnswer = z.object({
  name: z.string(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
})
export type FileAnswer = z.infer<typeof FileAnswer>

/** The answer of an address that gives a file while it is being made, piece by piece. */
export const StreamAnswer = z.object({
  name: z.string(),
  type: z.string(),
  /** What the browser is told before the first piece. */
  headers: z.record(z.string(), z.string()),
  pieces: z.custom<AsyncIterable<Uint8Array>>(
    (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
  ),
})
export type StreamAnswer = z.infer<typeof StreamAnswer>

/** What browser and server agree on: one address, what goes in, what comes out. */
export interface Endpoint<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'DELETE'
  /** `:name` parts are fields of the input; what is left goes into the query (GET, DELETE) or the body. */
  path: `/api/${string}`
  /** Chinese, for the interface description. */
  title: string
  input: Input
  output: Output
  /** Of the body, where it may be larger than elsewhere (a file). */
  mostBytes?: number
}

export function endpoint<Input extends z.ZodObject, Output extends z.ZodType>(
  definition: Endpoint<Input, Output>,
): Endpoint<Input, Output> {
  return definition
}

export function pathNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
}
