import type { Ask, Item } from './ask.js'
import type { Reader } from './fields.js'
import { anything, flag, harmless, list, pairs, struct, text, texts, unreadable } from './fields.js'

/** What hands out the host as a whole. */
export function everything(what: string): Ask {
  return { topic: 'everything', name: '', what }
}

export const privileged = flag(() => [everything('privileged mode')])

/** Go takes each for the same, so they are compared as one: `CAP_SYS_ADMIN`, `sys_admin`. */
export function capabilityName(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, '')
}

/** Capabilities beside those that every container has (Docker's default profile). */
export const capabilities = texts((given) => {
  const name = capabilityName(given)
  return ordinary.has(name) ? [] : [{ topic: 'capability', name, what: `the capability ${name}` }]
})

const ordinary = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

/** `HostConfig.SecurityOpt`, of which the engine takes `name=value` and, where there is no `=`, `name:value`. */
export const securityOptions = texts((option) =>
  tightening.has(option.replace(/^([^=:]*):/, '$1='))
    ? []
    : [securityOption(option.replace(/^([^=:]*):/, '$1='))],
)

const tightening = new Set([
  'no-new-privileges',
  'no-new-privileges=true',
  'seccomp=builtin',
  'apparmor=docker-default',
  'writable-cgroups=false',
])

export function securityOption(name: string): Ask {
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name
  return { topic: 'securityOption', name, what: `the security option ${shown}` }
}

/** Paths of /proc and /sys that are hidden or read-only: where a list is given, no less than these. */
function atLeast(paths: readonly string[], name: string): Reader {
  return (value, field) => {
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) return [unreadable(field)]
    return paths.every((path) => value.includes(path)) ? [] : [securityOption(`${name}=unconfined`)]
  }
}

/** What every engine since 18.09 hides, and what the newest hide besides. */
const maskedSince18 = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
]
const maskedPaths = [...maskedSince18, '/proc/asound', '/sys/devices/virtual/powercap']
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

export const masked = {
  asked: atLeast(maskedPaths, 'systempaths'),
  found: atLeast(maskedSince18, 'systempaths'),
  readonly: atLeast(readonlyPaths, 'systempaths'),
}

export function sysctl(name: string): Ask {
  // The kernel takes both for one (sysctl(8)).
  const dotted = name.replaceAll('/', '.')
  return { topic: 'sysctl', name: dotted, what: `the sysctl ${dotted}` }
}

export const sysctls = pairs((name) => [sysctl(name)])

/** `Privileges` of a service. */
export const servicePrivileges = struct({
  NoNewPrivileges: harmless,
  CredentialSpec: anything(() => [securityOption('credentialspec')]),
  SELinuxContext: anything(() => [securityOption('label')]),
  AppArmor: struct({ Mode: mode('apparmor') }),
  Seccomp: struct({ Mode: mode('seccomp'), Profile: anything(() => [securityOption('seccomp=custom')]) }),
})

function mode(option: string): Reader {
  return text((value) => (value === 'default' ? [] : [securityOption(`${option}=${value}`)]))
}

function limit(name: string): Ask {
  return { topic: 'limit', name, what: name }
}

/** A score below zero has the kernel end other processes of the host first. */
export const oomScore: Reader = (value, field) => {
  if (value === undefined || value === null) return []
  if (typeof value !== 'number') return [unreadable(field)]
  return value < 0 ? [limit('a negative OomScoreAdj')] : []
}

/** Ulimits that only bound the container; rtprio and nice would have it come before other processes of the host. */
export const ulimits: Reader = list(
  struct(
    { Name: harmless, Soft: harmless, Hard: harmless },
    {
      more: ({ Name }): readonly Item[] =>
        typeof Name === 'string' && boundUlimits.has(Name) ? [] : [limit(`the ulimit ${String(Name)}`)],
    },
  ),
)

const boundUlimits = new Set([
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nofile',
  'nproc',
  'rss',
  'sigpending',
  'stack',
])

export const oomKillDisable = flag(() => [limit('OomKillDisable')])

/** `StorageOpt`: how large the container may get, and nothing else. */
export const storageOptions = pairs((name) => (name === 'size' ? [] : [limit(`the storage option ${name}`)]))
