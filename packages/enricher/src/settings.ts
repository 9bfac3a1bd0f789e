import { IntermediateError } from '@intermediate/core'

/** An error at start: what an enricher was given and cannot use. */
export function settingError(message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message)
}

/** @throws IntermediateError for what is no object, or has a name that does not exist */
export function checkNames(enricher: string, given: unknown, names: readonly string[]): void {
  if (typeof given !== 'object' || given === null)
    throw settingError(`enricher.${enricher}() was given ${String(given)}: give it an object.`)
  const unknownName = Object.keys(given).find((name) => !names.includes(name))
  if (unknownName !== undefined)
    throw settingError(
      `enricher.${enricher}() was given ${unknownName}, which does not exist: it has ${names.join(', ')}.`,
    )
}

/** @throws IntermediateError for what is no boolean */
export function checkFlag(enricher: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw settingError(
      `enricher.${enricher}() was given the ${name} ${JSON.stringify(value)}: say true or false.`,
    )
}

/** @throws IntermediateError for what is not a text for each name */
export function checkTexts(enricher: string, texts: unknown): void {
  if (typeof texts !== 'object' || texts === null || Array.isArray(texts))
    throw settingError(`enricher.${enricher}() takes an object of names and their values.`)
  if (Object.keys(texts).length === 0) throw settingError(`enricher.${enricher}() was given nothing to set.`)
  for (const [name, value] of Object.entries(texts))
    if (typeof value !== 'string')
      throw settingError(
        `enricher.${enricher}() was given ${String(value)} for ${name}: give each value as text.`,
      )
}
