import type { Ask, Item } from './ask.js'
import type { Reader } from './fields.js'
import { harmless, pairs, struct, text } from './fields.js'

/** A driver by its kind, as `drivers()` allows it: `volume:nfs`. */
export function driver(
  kind: 'volume' | 'network' | 'log' | 'ipam' | 'secret',
  name: string,
  option?: string,
): Ask {
  const what = option === undefined ? '' : ` with the option ${option}`
  return { topic: 'driver', name: `${kind}:${name}`, what: `the ${kind} driver ${name}${what}` }
}

/** The name of a driver that stands beside the default one. */
export function driverName(kind: 'secret' | 'ipam'): Reader {
  return text((name): Item[] => (name === 'default' ? [] : [driver(kind, name)]))
}

/** Where logs go: into files of the engine, with options that say how much and how, or to a driver. */
export function logDriver(typeField: string, optionsField: string): Reader {
  return struct(
    { [typeField]: harmless, [optionsField]: harmless },
    {
      more: (config, field) => {
        const { [typeField]: type = '', [optionsField]: options } = config
        const name = typeof type === 'string' ? type : ''
        if (!fileLogs.has(type ?? '')) return [driver('log', name || String(type))]
        const unruled = pairs((option) =>
          logOptions.has(option) ? [] : [driver('log', name || 'of the engine', option)],
        )
        return unruled(options, `${field}.${optionsField}`)
      },
    },
  )
}

const fileLogs = new Set<unknown>(['', 'json-file', 'local', 'none'])

const logOptions = new Set([
  'max-size',
  'max-file',
  'max-buffer-size',
  'mode',
  'compress',
  'labels',
  'labels-regex',
  'env',
  'env-regex',
  'tag',
])
