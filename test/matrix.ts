import type { Intermediate, IntermediateOptions, Listening, Tap } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import type { RecordingUpstream, Script, Transcript } from '@intermediate/testing'
import { certificates, recordingUpstream, temporaryFolder, transcript } from '@intermediate/testing'

/** How bytes reach the intermediate and how they leave it. */
export const transports = ['unix', 'tcp', 'tls'] as const
export type Transport = (typeof transports)[number]

/** What is stacked in it: a call is spliced, spliced past a layer that wants others, or run through one that passes or taps it. */
export const stacks = ['no layer', 'an idle layer', 'an interested layer', 'a tapping layer'] as const
export type StackKind = (typeof stacks)[number]

/** Every transport with every stack, for `describe.each`. */
export const everyWay = transports.flatMap((transport) => stacks.map((stack) => ({ transport, stack })))

/** An intermediate with a recording upstream behind it, both over one transport. */
export interface Setup extends AsyncDisposable {
  readonly upstream: RecordingUpstream
  readonly listening: Listening
  /** Connects as a client. */
  client(): Promise<Transcript>
}

/** Sets up one way through an intermediate; `script` is what the upstream does on each connection. */
export async function setUp(
  { transport, stack }: { transport: Transport; stack: StackKind },
  script: Script,
  options: IntermediateOptions = {},
): Promise<Setup> {
  return setUpWith(stacked(intermediate(options), stack), transport, script)
}

/** The same with layers of the test's own. */
export async function setUpWith(layers: Intermediate, transport: Transport, script: Script): Promise<Setup> {
  const opened: AsyncDisposable[] = []
  const open = <T extends AsyncDisposable>(resource: T): T => {
    opened.unshift(resource)
    return resource
  }
  const close = async () => {
    for (const resource of opened) await resource[Symbol.asyncDispose]()
  }
  try {
    const folder = open(await temporaryFolder())
    const files = transport === 'tls' ? open(await certificates()) : undefined
    const listen = transport === 'unix' ? 'unix' : 'tcp'
    const serverTls = files && { tls: { ca: files.ca, cert: files.cert, key: files.key } }
    const clientTls = files && { tls: { ca: files.ca, cert: files.clientCert, key: files.clientKey } }
    const upstream = open(await recordingUpstream(script, { listen, ...serverTls }))
    const address = transport === 'unix' ? `unix://${folder.file('i.sock')}` : 'tcp://127.0.0.1:0'
    const listening = await layers
      .with({ upstream: { address: upstream.address, ...clientTls } })
      .listen({ address, ...serverTls })
    open({ [Symbol.asyncDispose]: () => listening.close({ grace: 0 }) })
    const client = () => transcript(listening.addresses[0]!, clientTls)
    return { upstream, listening, client, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

function stacked(empty: Intermediate, stack: StackKind): Intermediate {
  if (stack === 'an interested layer')
    return empty.use(function interested(call, next) {
      return next(call)
    })
  if (stack === 'a tapping layer')
    return empty.use(async function tapping(call, next) {
      call.tap(nothing)
      const replied = await next(call)
      replied.tap(nothing, nothing)
      return replied
    })
  // No test of a property makes this call.
  if (stack === 'an idle layer')
    return empty.use('POST /swarm/unlock', function idle(call, next) {
      return next(call)
    })
  return empty
}

const nothing: Tap = { data() {}, end() {} }
