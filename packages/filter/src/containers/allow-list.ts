import { configurationError, shown } from '../settings.js'

/**
 * A list that a policy was given.
 * @throws IntermediateError for anything but a list of texts of this form
 */
export function allowList(policy: string, given: unknown, form: RegExp, example: string): readonly string[] {
  if (!Array.isArray(given))
    throw configurationError(`${policy}() was given ${shown(given)}: give it a list, such as ['${example}'].`)
  for (const entry of given as unknown[])
    if (typeof entry !== 'string' || !form.test(entry))
      throw configurationError(
        `${policy}() was given ${shown(entry)}, which it does not know: write it as '${example}'.`,
      )
  return given as string[]
}

/** What a refusal says of such a list. */
export function allowedAre(allowed: readonly string[], otherwise = 'none is allowed'): string {
  if (allowed.length === 0) return otherwise
  return `allowed ${allowed.length === 1 ? 'is' : 'are'} ${allowed.join(', ')}`
}
