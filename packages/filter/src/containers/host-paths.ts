import { posix } from 'node:path'
import type { Policy } from '../policy.js'
import { configurationError } from '../settings.js'
import { allowedAre, allowList } from './allow-list.js'
import type { Rule } from './rule.js'
import { beyond, noTemplates, ruled } from './rule.js'

/**
 * Lets containers see these folders and files of the host and no others, whatever way they would come by them:
 *
 *     filter.hostPaths(['/srv/data', '/srv/models:ro', '/home/ci/**'])
 *
 * `/srv/data` is that folder itself, with what is in it, `/srv/data/**` any path below it as well, `:ro` without writing.
 * The default, an empty list, allows none.
 *
 * Covered: `Binds`, `Mounts` of every type, `VolumesFrom`, volumes made or named (options of the driver `local` other
 * than tmpfs and a bind of an allowed path, without `..`, are refused, since nobody can say what they mount), services
 * (without templates, which the swarm fills in later), folders of checkpoints, and what hands out the host as a whole: privileged containers and execs, and plugins. Containers that are
 * there already are judged by what they have mounted before anyone gets into them (exec, attach, start, restart, cp,
 * update).
 *
 * Not covered: what a folder holds. Who can write below `/srv/data/**` can put a symbolic link there, and the engine
 * follows it when it mounts; in any folder that can be written, files can be made that run as root (setuid) for users of
 * the host; only engines from 25 on mount what lies in a read-only folder read-only too; and who gets
 * the engine's socket has the engine, without any policy. Volumes of other drivers are for `drivers()`.
 * @throws IntermediateError for what is no absolute path
 */
export function hostPaths(allowed: readonly string[] = []): Policy {
  return ruled('hostPaths', [hostPathRule(allowed), noTemplates, ...beyond])
}

export function hostPathRule(allowed: readonly string[]): Rule {
  const paths = allowList('hostPaths', allowed, /^\/[^:]*(:ro|:rw)?$/, '/srv/data:ro').map(allowedPath)
  const advice = allowedAre(allowed, 'use a volume')
  return {
    topic: 'hostPath',
    judge: ({ name, writes }) =>
      name !== '' && paths.some((path) => path.holds(name) && (path.writable || writes === false))
        ? undefined
        : advice,
  }
}

interface AllowedPath {
  readonly writable: boolean
  holds(path: string): boolean
}

function allowedPath(entry: string): AllowedPath {
  const given = entry.replace(/:r[ow]$/, '')
  const below = given === '/**' || given.endsWith('/**')
  const path = given.replace(/\/(\*\*)?$/, '') || '/'
  if (posix.normalize(path) !== path || path.includes('*'))
    throw configurationError(
      `hostPaths() was given ${JSON.stringify(entry)}: write the path without . and .., and * only in a last /**.`,
    )
  const start = path === '/' ? '/' : `${path}/`
  return {
    writable: !entry.endsWith(':ro'),
    holds: (asked) => asked === path || (below && asked.startsWith(start)),
  }
}
