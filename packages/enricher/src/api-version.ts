import type { Call, Layer } from '@intermediate/core'
import { checkOptions, settingError } from './settings.js'
import { compareVersions, isVersion } from './version-number.js'

export interface ApiVersionOptions {
  /**
   * The newest version that clients are told of: in `Api-Version` of every reply that has one, by which they agree on a
   * version, and in `GET /version`. It may be newer than what the engine speaks.
   * @default what the engine says
   */
  shown?: string
}

/**
 * Lets clients talk to an engine that is too old or too new for them: the version in a call's path is brought within
 * those that the engine speaks, which is asked once, and again after it refused one.
 *
 *     enricher.apiVersion()                    // DOCKER_API_VERSION=1.45 works on an engine that ends at 1.41
 *     enricher.apiVersion({ shown: '1.44' })   // so does a client that wants no less than 1.44 to be offered
 *
 * Where a policy is stacked, versions below 1.24 are refused before they come here.
 *
 * Only the version is changed, so the call means what it means in the version that it got. Not translated: fields and
 * endpoints that this one lacks (the engine ignores the fields, and answers 404), replies of another shape (`VirtualSize`
 * and `Container` of images, `NetworkSettings.IPAddress`, `IsAutomated`), the content type of attach (multiplexed since
 * 1.42), several networks on create (since 1.44), and defaults that changed (which volumes prune takes).
 */
export function apiVersion(options: ApiVersionOptions = {}): Layer {
  checkOptions('apiVersion', options, ['shown'])
  const { shown } = options
  if (shown !== undefined && !isVersion(shown))
    throw settingError(
      `enricher.apiVersion() was given the version ${JSON.stringify(shown)}: give one such as "1.45".`,
    )
  let spoken: Range | undefined

  return async function apiVersion(call, next) {
    const { version } = call
    if (version !== undefined) {
      call.version = undefined
      spoken ??= await ask(call)
      call.version = spoken === undefined ? version : clamped(version, spoken)
    }
    const reply = await next(call)
    if (reply.status === 400) spoken = undefined
    if (shown === undefined) return reply
    if (reply.headers.get('api-version') !== undefined) reply.headers.set('Api-Version', shown)
    if (call.endpoint === 'GET /version' && reply.ok) tell((await reply.json()) as Told, shown)
    return reply
  }
}

interface Range {
  readonly oldest: string
  readonly newest: string
}

/** What an engine says of its versions, for itself and again among its components. */
interface Told {
  ApiVersion?: string
  MinAPIVersion?: string
  Components?: readonly { Details?: { ApiVersion?: string } | null }[] | null
}

/** Undefined where the engine does not say, or a layer behind does not let it: calls then stay as they are. */
async function ask(call: Call): Promise<Range | undefined> {
  const reply = await call.ask('GET /version')
  if (!reply.ok) return undefined
  const { MinAPIVersion: oldest, ApiVersion: newest } = await reply.json()
  return isVersion(oldest) && isVersion(newest) ? { oldest, newest } : undefined
}

function clamped(version: string, { oldest, newest }: Range): string {
  if (compareVersions(version, newest) > 0) return newest
  return compareVersions(version, oldest) < 0 ? oldest : version
}

function tell(told: Told, shown: string): void {
  const before = told.ApiVersion
  told.ApiVersion = shown
  // No version that a client has is refused here.
  if (isVersion(told.MinAPIVersion) && compareVersions(told.MinAPIVersion, shown) > 0)
    told.MinAPIVersion = shown
  for (const { Details } of told.Components ?? [])
    if (before !== undefined && Details?.ApiVersion === before) Details.ApiVersion = shown
}
