import { configurationError } from '../errors.js'

/** Refuses an option that does not exist, which would otherwise be ignored. */
export function checkOptions(owner: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw configurationError(`${owner} has no option ${unknown}: use one of ${known.join(', ')}.`)
}
