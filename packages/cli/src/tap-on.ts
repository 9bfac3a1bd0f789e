import type { Intermediate } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import type { UpSettings } from './up-arguments.js'

/** A tap in front of an intermediate, that others can watch. */
export interface TapOn extends AsyncDisposable {
  /** What is to listen in its place. */
  readonly file: Intermediate
  /** For `intermediate tap`. */
  readonly address: string
  close(): Promise<void>
}

/** Undefined where the settings ask for none. @throws IntermediateError where it cannot listen */
export async function tapOn(
  file: Intermediate,
  { tap, file: name }: Pick<UpSettings, 'tap' | 'file'>,
): Promise<TapOn | undefined> {
  if (tap === undefined) return undefined
  // A copy of core that FILE has brought along.
  if (!('behind' in file))
    throw new IntermediateError(
      'ERR_CONFIGURATION',
      500,
      `${name} uses an @intermediate/core that is too old for --tap: update it, or leave out --tap.`,
    )
  const { watchers, wireTap } = await import('@intermediate/wire-tap')
  const sink = await watchers({ listen: tap, lookup: file })
  const close = () => sink.close()
  return { file: file.behind(wireTap(sink)), address: sink.address, close, [Symbol.asyncDispose]: close }
}
