/**
 * The one error a user may read. Everything else that is thrown is a bug and becomes a 500 with a neutral text.
 *
 * `message` is Chinese and for people: what happened, then what to do. `code` is a contract: screens, tests and
 * other programs switch on it, so a published code is never renamed.
 *
 * | part     | how it looks                           | example                               |
 * |----------|----------------------------------------|---------------------------------------|
 * | code     | `<module>.<reason>`, lower snake case  | `platform.date_format`                |
 * | module   | the folder that throws, in snake case  | `registry`, `funds`, `platform`       |
 * | reason   | the state found, not the repair        | `id_number_check_digit`, `run_closed` |
 * | details  | ids, codes, months, amounts            | `{ item: 'base', month: '2026-03' }`  |
 *
 * Details go to the browser and to logs: never an identity number, an account, a phone or a name.
 */
export class AppError extends Error {
  readonly status: number
  readonly code: string
  readonly details: ErrorDetails | undefined

  constructor(message: string, { status, code, details }: AppErrorFields) {
    super(message)
    this.name = 'AppError'
    this.status = status
    this.code = code
    this.details = details
  }
}

export type ErrorDetails = Readonly<Record<string, unknown>>

export interface AppErrorFields {
  /** HTTP status. */
  status: number
  code: string
  details?: ErrorDetails | undefined
}

export const ERROR_CODE_PATTERN = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/

/** 422: the request is readable, its content breaks a rule. */
export function invalid(code: string, message: string, details?: ErrorDetails): AppError {
  return new AppError(message, { status: 422, code, details })
}

/** 404: there is no such thing, or the reader may not know that there is. */
export function notFound(code: string, message: string, details?: ErrorDetails): AppError {
  return new AppError(message, { status: 404, code, details })
}

/** 409: the content is right, the present state does not allow it. */
export function conflict(code: string, message: string, details?: ErrorDetails): AppError {
  return new AppError(message, { status: 409, code, details })
}

/** 403: known person, no permission. */
export function forbidden(code: string, message: string, details?: ErrorDetails): AppError {
  return new AppError(message, { status: 403, code, details })
}

/** 503: nothing is wrong with the request; trying again later may work. */
export function unavailable(code: string, message: string, details?: ErrorDetails): AppError {
  return new AppError(message, { status: 503, code, details })
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError
}
