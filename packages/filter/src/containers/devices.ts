import type { Policy } from '../policy.js'
import { allowedAre, allowList } from './allow-list.js'
import type { Ask } from './ask.js'
import type { DeviceAsk } from './device-fields.js'
import type { Rule } from './rule.js'
import { beyond, ruled } from './rule.js'

/**
 * Lets containers have these devices of the host:
 *
 *     filter.devices(['/dev/fuse', '/dev/kvm:rw', 'gpu', 'vendor.com/gpu=0', 'c 10:200 rwm'])
 *
 * A path, with `:r`, `:rw` and so on for less than all of `rwm`; a capability by which a driver chooses (`docker run
 * --gpus all` asks for `gpu`); a name of CDI; a rule as `--device-cgroup-rule` takes it; a kind of resource that a
 * service reserves. The default, an empty list, allows none.
 *
 * Covered: `Devices`, `DeviceRequests`, `DeviceCgroupRules`, in create and update; generic resources of services;
 * containers that are there already, before anyone gets into them (exec, attach, start, restart, cp, update); privileged
 * containers and execs, and plugins.
 *
 * Not covered: device files below a mounted host path, which are for `hostPaths()`; and a default runtime that gives out
 * devices by the environment of a container (nvidia's).
 * @throws IntermediateError for what is none of these
 */
export function devices(allowed: readonly string[] = []): Policy {
  return ruled('devices', [deviceRule(allowed), ...beyond])
}

export function deviceRule(allowed: readonly string[]): Rule {
  const entries = allowList('devices', allowed, /^\S.*$/, '/dev/fuse').map(entryOf)
  const advice = allowedAre(allowed, 'leave out --device and --gpus')
  return {
    topic: 'device',
    judge: (ask: Ask) => {
      const { name, permissions } = ask as DeviceAsk
      const isAllowed =
        name !== '' && entries.some((entry) => entry.name === name && entry.allows(permissions))
      return isAllowed ? undefined : advice
    },
  }
}

function entryOf(text: string): { name: string; allows(permissions: string): boolean } {
  const [, path, allowed = 'rwm'] = /^(\/.*?)(?::([rwm]+))?$/.exec(text) ?? []
  return {
    name: path ?? text,
    allows: (permissions) => permissions.split('').every((each) => allowed.includes(each)),
  }
}
