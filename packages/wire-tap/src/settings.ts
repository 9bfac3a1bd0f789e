import { IntermediateError } from '@intermediate/core'

/** An error at start: what a tap or a sink was given and cannot use. */
export function settingError(message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message)
}

/** @throws IntermediateError for what is no object, or has a name that does not exist */
export function checkNames(where: string, given: unknown, names: readonly string[]): void {
  if (typeof given !== 'object' || given === null)
    throw settingError(`${where} was given ${String(given)}: give it an object.`)
  const unknownName = Object.keys(given).find((name) => !names.includes(name))
  if (unknownName !== undefined)
    throw settingError(
      `${where} was given the option ${unknownName}, which does not exist: ${thereAre(names)}.`,
    )
}

/** @throws IntermediateError for what is no whole number from `least` */
export function checkCount(where: string, name: string, value: unknown, least: number, unit: string): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= least))
    throw settingError(
      `${where} was given the ${name} ${JSON.stringify(value)}: give it in ${unit}, as a whole number from ${least}.`,
    )
}

/** @throws IntermediateError for what is no boolean */
export function checkFlag(where: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw settingError(`${where} was given the ${name} ${JSON.stringify(value)}: say true or false.`)
}

/** @throws IntermediateError for what is no text with something in it */
export function checkText(where: string, name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '')
    throw settingError(`${where} was given the ${name} ${String(value)}: give it as text.`)
}

function thereAre(names: readonly string[]): string {
  const last = names.at(-1)
  return names.length === 1 ? `there is ${last}` : `there are ${names.slice(0, -1).join(', ')} and ${last}`
}
