import { IntermediateError } from '@intermediate/core'

/**
 * A list that a policy was given.
 * @throws IntermediateError for anything but a list of texts of this form
 */
export function allowList(policy: string, given: unknown, form: RegExp, example: string): readonly string[] {
  if (!Array.isArray(given))
    throw configurationError(`${policy} was given ${shown(given)}: give it a list, such as ['${example}'].`)
  for (const entry of given as unknown[])
    if (typeof entry !== 'string' || !form.test(entry))
      throw configurationError(
        `${policy} was given ${shown(entry)}, which it does not know: write it as '${example}'.`,
      )
  return given as string[]
}

/** @throws IntermediateError for an option that does not exist */
export function knownOptions(policy: string, options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw configurationError(`${policy} was given ${shown(options)}: give it options, as { ${names[0]}: … }.`)
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw configurationError(
      `${policy} was given the option ${unknown}, which does not exist: there are ${names.join(', ')}.`,
    )
}

/** @throws IntermediateError for anything but true, false and undefined */
export function trueOrFalse(policy: string, option: string, given: unknown): boolean {
  if (given === undefined || typeof given === 'boolean') return given ?? false
  throw configurationError(`${policy} was given the ${option} ${shown(given)}: say true or false.`)
}

export function configurationError(message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message)
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
