import type { Policy } from '../policy.js'
import { checkOptions, trueOrFalse } from '../settings.js'
import { capabilityRule } from './capabilities.js'
import { deviceRule } from './devices.js'
import { driverRule } from './drivers.js'
import { hostPathRule } from './host-paths.js'
import type { ImagesOptions } from './images.js'
import { imageRule } from './images.js'
import { namespaceRule } from './namespaces.js'
import type { Rule } from './rule.js'
import { beyond, never, noTemplates, ruled } from './rule.js'
import { runtimeRule } from './runtimes.js'
import { securityOptionRule } from './security-options.js'
import { sysctlRule } from './sysctls.js'

/** What containers may have beside what every container has; each list means what it means to the policy of its name. */
export interface UnprivilegedOptions {
  /** @default none */
  hostPaths?: readonly string[]
  /** @default none */
  namespaces?: readonly string[]
  /** @default none */
  capabilities?: readonly string[]
  /** @default none */
  devices?: readonly string[]
  /** @default none */
  securityOptions?: readonly string[]
  /** @default none */
  sysctls?: readonly string[]
  /** @default none */
  runtimes?: readonly string[]
  /** @default none */
  drivers?: readonly string[]
  /** Where images come from. @default anywhere */
  images?: ImagesOptions
  /** To make the engine part of a swarm, and to read the keys of one. @default false */
  swarm?: boolean
}

/**
 * Lets be done what an ordinary container does, and no more: nothing privileged, no paths, devices or namespaces of the
 * host or of other containers, no capability, security option, sysctl, runtime or driver beside the default ones.
 *
 *     filter.unprivileged()
 *     filter.unprivileged({ hostPaths: ['/home/ci/**'], capabilities: ['NET_ADMIN'] })
 *
 * It covers what the single policies do (`hostPaths()`, `namespaces()`, `capabilities()`, `devices()`,
 * `securityOptions()`, `sysctls()`, `runtimes()`, `drivers()`, `images()`): create and update, exec, services, volumes,
 * networks, builds, checkpoints, and containers that are there already, made past the policy: they are judged before
 * anyone gets into them. Besides it refuses plugins, limits that let a container come before the host (a negative
 * OomScoreAdj, OomKillDisable, the ulimits nice and rtprio) and to manage the swarm. A field of the HostConfig that it
 * does not know is refused unless it is empty.
 *
 * BuildKit's `POST /grpc`, which buildx uses, is refused by core as long as no policy names it (buildx then pulls a
 * builder of its own, unless `images` refuses it):
 * `filter('POST /grpc', () => true)` admits it, and then nobody judges what is built there. Not covered either: how much
 * memory and time containers take, what they do over the network, what the engine fetches for whoever asks it (the URL of
 * a build or import, ADD in a Dockerfile), and that one client reaches the containers of another, which is for `owner()`.
 * What is named is looked at just before: who works past the policy can put another volume or network under that name in
 * between; containers are then taken by their id.
 * @throws IntermediateError for an option that does not exist or an entry that is none
 */
export function unprivileged(options: UnprivilegedOptions = {}): Policy {
  checkOptions('unprivileged()', options, optionNames)
  const rules: Rule[] = [
    ...beyond,
    noTemplates,
    hostPathRule(options.hostPaths ?? []),
    namespaceRule(options.namespaces ?? []),
    capabilityRule(options.capabilities ?? []),
    deviceRule(options.devices ?? []),
    securityOptionRule(options.securityOptions ?? []),
    sysctlRule(options.sysctls ?? []),
    runtimeRule(options.runtimes ?? []),
    driverRule(options.drivers ?? []),
    never('limit', 'leave it out'),
  ]
  if (options.images !== undefined) rules.push(imageRule(options.images))
  if (!trueOrFalse('unprivileged()', 'swarm', options.swarm)) rules.push(never('swarm'))
  return ruled('unprivileged', rules)
}

const optionNames: readonly (keyof UnprivilegedOptions)[] = [
  'hostPaths',
  'namespaces',
  'capabilities',
  'devices',
  'securityOptions',
  'sysctls',
  'runtimes',
  'drivers',
  'images',
  'swarm',
]
