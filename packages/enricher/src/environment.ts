import type { Layer } from '@intermediate/core'
import { changeCalls } from './change-calls.js'
import { isObject, listIn } from './json-place.js'
import { checkFlag, checkOptions, checkTexts, settingError } from './settings.js'

export interface EnvironmentOptions {
  /**
   * A variable that the client itself sets, or takes out by its bare name, stays as it is.
   * @default false: it is replaced
   */
  keep?: boolean
}

/**
 * Sets variables in the environment of containers and of the containers of services.
 *
 *     enricher.environment({ HTTP_PROXY: 'http://proxy:3128' })
 *
 * `docker exec` gives its command the environment of the container, and what `-e` says besides: it is left alone. So
 * are builds, of which the environment is in the Dockerfile.
 */
export function environment(
  variables: Readonly<Record<string, string>>,
  options: EnvironmentOptions = {},
): Layer {
  checkTexts('environment', variables)
  checkOptions('environment', options, ['keep'])
  checkFlag('environment', 'keep', options.keep)
  for (const [name, value] of Object.entries(variables))
    if (name === '' || /[=\0]/.test(name) || value.includes('\0'))
      throw settingError(`The variable ${JSON.stringify(name)} cannot be set: leave out "=" and NUL.`)
  const wanted = Object.entries(variables)
  return changeCalls(endpoints, function environment({ endpoint, body }) {
    const holder = endpoint === 'POST /containers/create' ? body : body?.TaskTemplate?.ContainerSpec
    // A service need not be one of containers; a container always is.
    const list = isObject(holder) ? listIn(holder, 'Env') : undefined
    if (list !== undefined) for (const [name, value] of wanted) put(list, name, value, options.keep ?? false)
  })
}

const endpoints = ['POST /containers/create', 'POST /services/create', 'POST /services/:id/update'] as const

/** Of several with one name the engine takes the last: there is to be one. */
function put(list: unknown[], name: string, value: string, keep: boolean): void {
  const isIt = (each: unknown) => each === name || (typeof each === 'string' && each.startsWith(`${name}=`))
  const there = list.filter(isIt)
  if (keep && there.length > 0) return
  const entry = `${name}=${value}`
  if (there.length === 1 && there[0] === entry) return
  const others = list.filter((each) => !isIt(each))
  list.splice(0, list.length, ...others, entry)
}
