import { IntermediateError } from '@intermediate/core'
import { createInterface } from 'node:readline'
import { openTap } from './open-tap.js'
import type { OpenTap } from './open-tap.js'
import type { Output } from './output.js'
import { printable } from './printable.js'
import { catchSignals } from './signals.js'
import type { TapSettings } from './tap-arguments.js'
import { showEvents } from './tap-events.js'

/**
 * Shows what passes an intermediate until that, a signal or the reader ends it. False if it could not be watched to its
 * end; what stood in the way was said then.
 */
export async function tap(settings: TapSettings, output: Output): Promise<boolean> {
  using signals = catchSignals()
  const leaving = new AbortController()
  void signals.next().then(() => leaving.abort())
  output.stdout.on?.('error', () => leaving.abort())
  const warn = (line: string) => void output.stderr.write(`${printable(line)}\n`)
  try {
    const open = await openTap(settings, leaving.signal)
    warn(beginning(settings, open))
    const show = settings.json
      ? (line: string) => void output.stdout.write(`${line}\n`)
      : showEvents(output.stdout)
    await everyLine(open, show)
    warn('The intermediate has stopped.')
    return true
  } catch (error) {
    if (leaving.signal.aborted) return true
    warn(`intermediate: ${messageOf(error, settings)}`)
    return false
  }
}

function beginning({ address, container, endpoints }: TapSettings, open: OpenTap): string {
  const what = endpoints.length === 0 ? 'all calls' : endpoints.join(', ')
  if (container === undefined) return `Watching ${what} at ${address.name}.`
  const [name, id = ''] = open.container?.split(' ') ?? []
  const found =
    name === undefined ? `${container}, which is not known there yet` : `${name} (${id.slice(0, 12)})`
  return `Watching ${what} at ${address.name} of the container ${found}.`
}

/** @throws where the connection is lost before its end */
async function everyLine({ lines }: OpenTap, show: (line: string) => void): Promise<void> {
  const lost = new Promise<never>((_, reject) => lines.once('error', reject))
  const shown = (async () => {
    for await (const line of createInterface({ input: lines, crlfDelay: Infinity })) show(line)
  })()
  await Promise.race([shown, lost])
}

function messageOf(error: unknown, { address }: TapSettings): string {
  if (error instanceof IntermediateError) return error.message
  return `The connection to ${address.name} was lost: see whether the intermediate still runs.`
}
