/** What a user can meet, by a code that stays the same from release to release. */
export type ErrorCode =
  /** An address, a TLS setting or an option that cannot be used: at start, before anything listens. */
  | 'ERR_CONFIGURATION'
  /** The place to listen is taken or cannot be bound. */
  | 'ERR_LISTEN'
  /** A request that is not well-formed HTTP/1.1, or that two parsers could read differently. */
  | 'ERR_BAD_REQUEST'
  /** A request whose head or body is larger than what is read of it. */
  | 'ERR_TOO_LARGE'
  /** The upstream could not be reached, or went before it answered. */
  | 'ERR_UPSTREAM_UNREACHABLE'
  /** The upstream answered with something that is not a well-formed reply to this call. */
  | 'ERR_UPSTREAM_PROTOCOL'
  /** The client left, or what it sent turned out malformed, while a layer waited for the reply to its call. */
  | 'ERR_CLIENT_GONE'
  /** A layer returned something that cannot be sent, or went on after its call was over. */
  | 'ERR_LAYER'
  /** A layer took longer than its deadline. */
  | 'ERR_DEADLINE'
  /** What a layer asks cannot be covered by the policies that it would pass. */
  | 'ERR_NOT_COVERED'

/** An option that cannot be used as it was given, for those whose users know it by another name. */
export interface WrongOption {
  readonly name: 'upstream' | 'insecure' | 'hosts'
  /** What it was given; of `insecure`, the address that needs it. */
  readonly value: string
}

const brand = Symbol.for('intermediate.error')

/**
 * An error that says what happened in one sentence, with the method and path of the call where there is one.
 * At the edge it becomes Docker's `{"message": "…"}` with `status`.
 */
export class IntermediateError extends Error {
  readonly code: ErrorCode
  /** The HTTP status that the client gets, where there is a client. */
  readonly status: number
  /** Of some ERR_CONFIGURATION, what is at fault. */
  readonly option: WrongOption | undefined
  readonly [brand] = true

  constructor(
    code: ErrorCode,
    status: number,
    message: string,
    options?: ErrorOptions & { option?: WrongOption },
  ) {
    super(message, options)
    this.name = 'IntermediateError'
    this.code = code
    this.status = status
    this.option = options?.option
  }

  /** True for an error of any copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** An error at start: a setting that cannot be used. The message says what to do instead. */
export function configurationError(message: string, cause?: unknown): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message, { cause })
}

/** The same for one that the command line, or whoever else has another name for it, may want to put in its own words. */
export function optionError(option: WrongOption, message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message, { option })
}
