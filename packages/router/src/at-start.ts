import { IntermediateError } from '@intermediate/core'
import type { Chooser } from './choosers.js'

/** An error before anybody calls: the message says what to do instead. */
export function wrong(message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message)
}

/** @throws IntermediateError for what is no function */
export function checkFunction(layer: string, name: string, value: unknown): void {
  if (typeof value !== 'function')
    throw wrong(`${layer} was given no function for ${name}, but ${shown(value)}.`)
}

/** @throws IntermediateError for what is no function, and for one whose names are known and are not all there */
export function checkChooser(layer: string, name: string, choose: Chooser, names: readonly string[]): void {
  checkFunction(layer, name, choose)
  const other = choose.names?.find((each) => !names.includes(each))
  if (other !== undefined)
    throw wrong(
      `${layer} was given no upstream called "${other}", which ${name} names: there is ${names.join(', ')}.`,
    )
}

/** @throws IntermediateError for what is no object, and for an option that is none */
export function checkOptions(layer: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw wrong(`${layer} was given ${shown(options)} for its options.`)
  const other = Object.keys(options).find((name) => !names.includes(name))
  if (other !== undefined)
    throw wrong(
      `${layer} was given the option ${other}, which does not exist: there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`,
    )
}

/** @throws IntermediateError for arguments that nobody looks at */
export function checkNoMore(layer: string, more: readonly unknown[]): void {
  if (more.length > 0) throw wrong(`${layer} was given ${shown(more[0])} as well, for which it has no use.`)
}

/** As messages show it: what it is, rather than all that is in it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}
