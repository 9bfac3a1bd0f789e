/** An answer that is an error: the message is what `{"message": …}` says. */
export class EngineError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export function badRequest(message: string): EngineError {
  return new EngineError(400, message)
}

export function notFound(message: string): EngineError {
  return new EngineError(404, message)
}

export function conflict(message: string): EngineError {
  return new EngineError(409, message)
}
