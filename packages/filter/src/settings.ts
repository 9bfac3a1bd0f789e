import { IntermediateError } from '@intermediate/core'

/** An error at start: what a policy was given and cannot use. */
export function configurationError(message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message)
}

/**
 * @param name of what was given them: `images()`
 * @throws IntermediateError for what is no object, or has an option that does not exist
 */
export function checkOptions(name: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw configurationError(`${name} was given ${shown(options)}: give it options, as { ${names[0]}: … }.`)
  const unknown = Object.keys(options).find((each) => !names.includes(each))
  if (unknown !== undefined)
    throw configurationError(
      `${name} was given the option ${unknown}, which does not exist: ${thereAre(names)}.`,
    )
}

/** @throws IntermediateError for anything but true, false and undefined */
export function trueOrFalse(name: string, option: string, given: unknown): boolean {
  if (given === undefined || typeof given === 'boolean') return given ?? false
  throw configurationError(`${name} was given the ${option} ${shown(given)}: say true or false.`)
}

/** @throws IntermediateError for what is no function */
export function checkFunction(name: string, what: string, given: unknown): void {
  if (typeof given !== 'function')
    throw configurationError(`${name} was given no ${what}: give it a function behind the endpoints.`)
}

/** A value as it was given. */
export function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}

function thereAre(names: readonly string[]): string {
  const last = names.at(-1)
  return names.length === 1 ? `there is ${last}` : `there are ${names.slice(0, -1).join(', ')} and ${last}`
}
