/** What a judge says of a call: true lets it pass, text (or several) is the reason for a 403, a refusal has another status. Anything else denies, no reasons at all too. */
export type Verdict = true | string | Refusal | readonly string[]

/** An answer in the engine's place. */
export class Refusal {
  /** The HTTP status: 400 to 599. */
  readonly status: number
  /** What the docker CLI prints behind "Error response from daemon: ". */
  readonly message: string

  /** Use `refuse()`. */
  constructor(status: number, message: string) {
    if (!Number.isInteger(status) || status < 400 || status > 599)
      throw new RangeError(`${status} is no status of a refusal: give one from 400 to 599.`)
    this.status = status
    this.message = message
  }
}

/**
 * A refusal with another status than 403: `refuse(404, 'No such container: web')` hides what is there.
 * @throws RangeError for a status that is not 400 to 599
 */
export function refuse(status: number, message: string): Refusal {
  return new Refusal(status, message)
}

/** Why a verdict lets nothing pass; undefined if it does. Reasons come together in one sentence. */
export function refusalOf(verdict: unknown, name: string): Refusal | undefined {
  if (verdict === true) return undefined
  if (verdict instanceof Refusal) return verdict
  if (isReason(verdict)) return new Refusal(403, verdict)
  if (Array.isArray(verdict) && verdict.length > 0 && verdict.every(isReason))
    return new Refusal(403, verdict.join('; '))
  return new Refusal(403, `${name} is not allowed here`)
}

function isReason(said: unknown): said is string {
  return typeof said === 'string' && said !== ''
}
