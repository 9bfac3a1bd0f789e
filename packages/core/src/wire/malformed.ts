/**
 * Bytes that are not a well-formed HTTP/1.1 message, or that two parsers could read differently.
 * `message` completes the sentence "the request …" or "the reply …".
 */
export class Malformed extends Error {
  /** What a server answers to it, where it was a request. */
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

/** The first line of HTTP/2 with prior knowledge (RFC 9113 section 3.4): a clean refusal is another one than to HTTP/1.1. */
export class Http2Preface extends Malformed {
  constructor() {
    super('is HTTP/2 with prior knowledge, which is not supported: use HTTP/1.1', 505)
  }
}
