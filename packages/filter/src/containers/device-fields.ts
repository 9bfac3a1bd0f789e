import { posix } from 'node:path'
import type { Ask, Item } from './ask.js'
import { harmless, isEmpty, list, struct, texts, unreadable } from './fields.js'

/** What a container can do to a device: reading, writing, making its node. */
export interface DeviceAsk extends Ask {
  readonly permissions: string
}

/** `Devices`: files of the host's /dev. */
export const devices = list(
  struct(
    { PathOnHost: harmless, PathInContainer: harmless, CgroupPermissions: harmless },
    {
      more: ({ PathOnHost: path, CgroupPermissions: permissions }, field) => {
        if (typeof path !== 'string' || path === '') return isEmpty(path) ? [] : [unreadable(field)]
        if (!isEmpty(permissions) && typeof permissions !== 'string') return [unreadable(field)]
        const given = typeof permissions === 'string' && permissions !== '' ? permissions : 'rwm'
        return [device(posix.normalize(path).replace(/(.)\/$/, '$1'), given)]
      },
    },
  ),
)

function device(name: string, permissions: string): DeviceAsk {
  return { topic: 'device', name, what: `the device ${name}`, permissions }
}

/** Rules of the device cgroup: `c 10:200 rwm`. */
export const deviceRules = texts((rule) => [device(rule.trim(), '')])

/**
 * Devices that a driver chooses: by name with CDI (`vendor.com/class=name`), else by what they can do (`gpu`). Options of
 * the driver are nothing that can be allowed.
 */
export const deviceRequests = list(
  struct(
    { Driver: harmless, Count: harmless, DeviceIDs: harmless, Capabilities: harmless, Options: harmless },
    { more: deviceRequest },
  ),
)

function deviceRequest(request: Readonly<Record<string, unknown>>, field: string): readonly Item[] {
  const { Driver: driver, DeviceIDs: ids, Capabilities: capabilities, Options: options } = request
  if (!isEmpty(options)) return [{ topic: 'device', name: '', what: `the options of ${field}` }]
  const names =
    driver === 'cdi' ? strings(ids) : strings(Array.isArray(capabilities) ? capabilities.flat() : undefined)
  if (names.length === 0)
    return [{ topic: 'device', name: '', what: `a device of the driver ${JSON.stringify(driver ?? '')}` }]
  return names.map((name) => device(name, ''))
}

/** Named and counted resources of a node, as services reserve them. */
export const genericResources = list(
  struct({ NamedResourceSpec: resource(), DiscreteResourceSpec: resource() }),
)

function resource() {
  return struct(
    { Kind: harmless, Value: harmless },
    {
      more: ({ Kind: kind }, field) => {
        if (isEmpty(kind)) return []
        return typeof kind === 'string' ? [device(kind, '')] : [unreadable(field)]
      },
    },
  )
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : []
}
