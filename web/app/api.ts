import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useRef } from 'react'
import type { z } from 'zod'
import {
  pathNames,
  type Endpoint,
  type FileAnswer,
  type StreamAnswer,
} from '../../server/platform/endpoint.schema.ts'

/** What the server answers when it refuses or fails; `code` is stable, `message` is for the reader. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  readonly details: unknown

  constructor(message: string, { status, code, requestId, details }: Omit<ProblemBody, 'detail'>) {
    super(message)
    this.status = status
    this.code = code
    this.requestId = requestId
    this.details = details
  }
}

interface ProblemBody {
  status: number
  code: string
  detail: string
  requestId?: string | undefined
  details?: unknown
}

const NO_ANSWER = '没有连上服务器，本次没有办成；已填的内容还在。请看网络是否通，再按一次。'

interface Asking {
  key?: string | undefined
  /** What is kept of the form that is sent. */
  draftId?: string | undefined
  /** The page may be gone before the answer. */
  isLeaving?: boolean
  signal?: AbortSignal
}

/** The only place that asks the server. Throws `Refusal`; an answer that does not keep to the contract is one too. */
export async function callEndpoint<Input extends z.ZodObject, Output extends z.ZodType>(
  endpoint: Endpoint<Input, Output>,
  input: z.input<Input>,
  asking: Asking = {},
): Promise<z.output<Output>> {
  const response = await send(endpoint, input as Record<string, unknown>, asking)
  return endpoint.output.parse(await response.json().catch(() => undefined))
}

async function send(
  endpoint: Endpoint,
  input: Record<string, unknown>,
  { key, draftId, isLeaving = false, signal }: Asking,
): Promise<Response> {
  const { url, body } = requestOf(endpoint, input)
  const response = await fetch(url, {
    method: endpoint.method,
    credentials: 'same-origin',
    headers: {
      'x-minben': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(draftId === undefined ? {} : { 'x-minben-draft': draftId }),
    },
    ...(isLeaving ? { keepalive: true } : {}),
    ...(body === undefined ? {} : { body }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new Refusal(NO_ANSWER, { status: 0, code: 'web.no_answer' })
  })
  if (response.ok) return response
  throw refusalOf(response.status, await response.json().catch(() => undefined))
}

/** The file of an address that answers with one, put where this browser keeps what it downloads. */
export async function saveFile<Input extends z.ZodObject>(
  endpoint: Endpoint<Input, typeof FileAnswer>,
  input: z.input<Input>,
): Promise<void> {
  const response = await send(endpoint, input as Record<string, unknown>, {})
  keep(await response.blob(), response)
}

const BROKEN = '导出中断了，没有存下文件；这次导出已记录。请再导出一次，仍不行请告诉管理员。'

export interface Following {
  signal: AbortSignal
  /** How much has come so far. */
  onBytes: (bytes: number) => void
}

/** A file that is made while it is sent; nothing is kept of one that broke off. Answers what the server calls it. */
export async function saveStream<Input extends z.ZodObject>(
  endpoint: Endpoint<Input, typeof StreamAnswer>,
  input: Record<string, unknown>,
  { signal, onBytes }: Following,
): Promise<{ name: string; bytes: number }> {
  const response = await send(endpoint, input, { signal })
  const reader = response.body?.getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for (let bytes = 0; reader;) {
    const { value } = await reader.read().catch((error: unknown) => {
      if (signal.aborted) throw error
      throw new Refusal(BROKEN, { status: 0, code: 'web.export_broken' })
    })
    if (!value) break
    pieces.push(value)
    bytes += value.length
    onBytes(bytes)
  }
  const whole = new Blob(pieces)
  return { name: keep(whole, response), bytes: whole.size }
}

/** Puts a file where this browser keeps what it downloads. */
function keep(file: Blob, response: Response): string {
  const name = fileNameIn(response.headers.get('content-disposition') ?? '')
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken the bytes over by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
  return name
}

function fileNameIn(disposition: string): string {
  const [, name = ''] = /filename\*=UTF-8''([^;]+)/.exec(disposition) ?? []
  return decodeURIComponent(name)
}

function requestOf({ method, path }: Endpoint, input: Record<string, unknown>) {
  const names = pathNames(path)
  const url = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input[name])))
  const rest = Object.entries(input).filter(([name, value]) => !names.includes(name) && value !== undefined)
  if (method === 'POST') return { url, body: JSON.stringify(Object.fromEntries(rest)) }
  const query = new URLSearchParams(rest.map(([name, value]) => [name, String(value)])).toString()
  return { url: query === '' ? url : `${url}?${query}`, body: undefined }
}

function refusalOf(status: number, answer: unknown): Refusal {
  const { detail, ...problem } = (answer ?? {}) as Partial<ProblemBody>
  if (detail && problem.code) return new Refusal(detail, { ...problem, status, code: problem.code })
  return new Refusal(NO_ANSWER, { status, code: 'web.no_answer' })
}

/** Key of what was read: `invalidate([path])` makes every reading of an address fresh. */
export function keyOf(endpoint: Pick<Endpoint, 'path'>, input?: unknown): readonly unknown[] {
  return input === undefined ? [endpoint.path] : [endpoint.path, input]
}

export interface Reading<Data> {
  isEnabled?: boolean
  /** Read again every so many milliseconds, while the data says so. */
  every?: (data: Data | undefined) => number | false
}

export function useEndpoint<Input extends z.ZodObject, Output extends z.ZodType>(
  endpoint: Endpoint<Input, Output>,
  input: z.input<Input>,
  { isEnabled = true, every }: Reading<z.output<Output>> = {},
): UseQueryResult<z.output<Output>, Refusal> {
  return useQuery<z.output<Output>, Refusal>({
    queryKey: keyOf(endpoint, input),
    queryFn: ({ signal }) => callEndpoint(endpoint, input, { signal }),
    enabled: isEnabled,
    ...(every ? { refetchInterval: (query) => every(query.state.data) } : {}),
  })
}

/** What a form that is sent says of what is kept of it. */
export interface Sendable {
  /** Before it is sent; answers with what is kept. */
  settle: () => Promise<string | undefined>
  sent: () => Promise<void>
}

/**
 * A write. `form` is where it was typed: what is kept of it is gone with the write, in one transaction. The key that the server knows a repeated request by stays the same until an answer came, so that a double click or a
 * second try after a lost answer acts once.
 */
export function useCommand<Input extends z.ZodObject, Output extends z.ZodType>(
  endpoint: Endpoint<Input, Output>,
  onDone?: (output: z.output<Output>) => unknown,
  form?: Sendable,
): UseMutationResult<z.output<Output>, Refusal, z.input<Input>> {
  const pending = useRef<{ key: string; of: string } | undefined>(undefined)
  const client = useQueryClient()
  return useMutation<z.output<Output>, Refusal, z.input<Input>>({
    mutationFn: async (input) => {
      const of = JSON.stringify(input)
      if (pending.current?.of !== of) pending.current = { key: crypto.randomUUID(), of }
      const { key } = pending.current
      try {
        const draftId = await form?.settle()
        const output = await callEndpoint(endpoint, input, { key, draftId })
        pending.current = undefined
        await form?.sent()
        return output
      } catch (error) {
        // No answer and "unknown outcome" keep the key; anything else was answered.
        if (error instanceof Refusal && error.status !== 0 && error.status !== 503)
          pending.current = undefined
        throw error
      }
    },
    // What a write changes is not only where it was made: everything read before is asked for again; done is when that is there.
    onSuccess: async (output) => {
      await onDone?.(output)
      await client.invalidateQueries()
    },
  })
}
