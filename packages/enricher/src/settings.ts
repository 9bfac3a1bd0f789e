import { IntermediateError } from '@intermediate/core'

/** An error at start: what an enricher was given and cannot use. */
export function settingError(message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message)
}

/** @throws IntermediateError for what is no object, or has an option that does not exist */
export function checkOptions(enricher: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw settingError(
      `enricher.${enricher}() was given ${shown(options)}: give it options, as { ${names[0]}: … }.`,
    )
  const unknown = Object.keys(options).find((each) => !names.includes(each))
  if (unknown !== undefined)
    throw settingError(
      `enricher.${enricher}() was given the option ${unknown}, which does not exist: ${thereAre(names)}.`,
    )
}

/** @throws IntermediateError for what is no function */
export function checkChange(enricher: string, change: unknown): void {
  if (typeof change !== 'function')
    throw settingError(`${enricher}() was given no change: give it a function behind the endpoints.`)
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

function thereAre(names: readonly string[]): string {
  const last = names.at(-1)
  return names.length === 1 ? `there is ${last}` : `there are ${names.slice(0, -1).join(', ')} and ${last}`
}

/** A value as it was given. */
function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
