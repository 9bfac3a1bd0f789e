import { defaultListenAddress, intermediate } from '@intermediate/core'
import type { Intermediate, IntermediateOptions, Listening, ListenOptions } from '@intermediate/core'
import { flagError } from './flag-error.js'
import { humanReport } from './human-report.js'
import type { ListenPlace } from './listen-flags.js'
import { memoryAddress, memoryUpstream } from './memory-upstream.js'
import type { Output } from './output.js'
import type { Report, Start } from './report.js'
import { catchSignals } from './signals.js'
import { tapOn } from './tap-on.js'
import type { UpSettings } from './up-arguments.js'

/** `usage`: a flag was given what cannot be, which only showed at the start. */
export type UpOutcome = 'done' | 'failed' | 'usage'

/** Runs an intermediate until a signal ends it. If it cannot run, what stands in the way is reported. */
export async function up(settings: UpSettings, output: Output): Promise<UpOutcome> {
  const report = settings.json ? (await import('./json-report.js')).jsonReport() : humanReport(output)
  using signals = catchSignals()
  try {
    const asked = await fileWith(settings)
    await using memory = await memoryUpstream(settings, asked, (engine) => report.fallback(engine))
    const file = memory === undefined ? asked : asked.with({ upstream: memory.address })
    await using tap = await tapOn(file, settings)
    const tapped = tap === undefined ? file : tap.file
    const listening = await tapped.with(observers(report)).listen(...settings.listen.map(placed))
    using _ = closeOnCrash(() => Promise.all([listening.close({ grace: 0 }), tap?.close()]), report)
    const start = startOf(file, listening, settings, memory !== undefined)
    report.started({ ...start, tap: tap?.address })
    const stopped = new AbortController()
    const engine = lookForEngine(file, report, stopped.signal)
    const signal = await signals.next()
    stopped.abort()
    await Promise.all([
      engine,
      close(listening, settings, (left) => report.stopping(signal, left, settings.grace)),
    ])
    // After the calls, so that it shows their ends.
    await tap?.close()
    report.stopped()
    return 'done'
  } catch (error) {
    const usage = flagError(error, settings)
    report.failed(usage ?? error)
    return usage === undefined ? 'failed' : 'usage'
  } finally {
    await report.end()
  }
}

/** The intermediate of FILE, or a plain one, with what the command line says in place of what the file says. */
async function fileWith({ file, upstream }: UpSettings): Promise<Intermediate> {
  const options =
    upstream === undefined || upstream === memoryAddress
      ? {}
      : { upstream: { address: upstream, source: '--upstream' } }
  if (file === undefined) return intermediate(options)
  const { loadFile } = await import('./load-file.js')
  return (await loadFile(file)).with(options)
}

function placed({ address = defaultListenAddress(), ...options }: ListenPlace): ListenOptions {
  return { address, ...options }
}

function observers(report: Report): IntermediateOptions {
  return { onError: (failure) => report.error(failure), onCall: report.call }
}

function startOf(
  { layers, answeredBy }: Intermediate,
  { addresses, upstream }: Listening,
  settings: UpSettings,
  inMemory: boolean,
): Omit<Start, 'tap'> {
  const [first = ''] = addresses
  const tls = settings.listen[0]?.tls
  return {
    addresses,
    environment: { DOCKER_HOST: first, ...(tls && { DOCKER_TLS_VERIFY: '1' }) },
    clientFiles: tls ? (tls.ca === undefined ? ['ca.pem'] : ['ca.pem', 'cert.pem', 'key.pem']) : [],
    upstream: inMemory
      ? { address: memoryAddress, source: settings.upstream === undefined ? '--or-memory' : '--upstream' }
      : { address: upstream.name, source: upstream.source },
    answeredBy,
    layers,
  }
}

/** After the start, which does not wait for it. */
async function lookForEngine(file: Intermediate, report: Report, stopped: AbortSignal): Promise<void> {
  const { findEngine } = await import('./engine.js')
  const found = await findEngine(file, stopped)
  if (!stopped.aborted) report.engine(found)
}

/** Says how many connections are left where that does not end at once. */
async function close(
  listening: Listening,
  { grace }: UpSettings,
  onWait: (left: number) => void,
): Promise<void> {
  const wait = setTimeout(() => onWait(listening.connections), 100)
  await listening.close({ grace })
  clearTimeout(wait)
}

/** What nothing catches, in a layer or in FILE, ends the process as Node does it, but leaves no socket behind. */
function closeOnCrash(close: () => Promise<unknown>, report: Report): Disposable {
  const crash = (error: unknown) => {
    report.crashed(error)
    void Promise.all([close(), report.end()]).finally(() => process.exit(1))
  }
  process.on('uncaughtException', crash)
  return { [Symbol.dispose]: () => void process.off('uncaughtException', crash) }
}
