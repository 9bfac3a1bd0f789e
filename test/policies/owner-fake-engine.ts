import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { temporaryFolder } from '@intermediate/testing'

/** A call that the fake engine got. */
export interface Got {
  readonly call: string
  readonly query: URLSearchParams
  readonly bytes: Buffer
  // oxlint-disable-next-line typescript/no-explicit-any -- bodies of every endpoint
  readonly json: any
}

export interface FakeEngine extends AsyncDisposable {
  readonly address: string
  /** Whole calls, in their order. */
  readonly got: Got[]
  /** Those of this method and path. */
  of(call: string): Got[]
  /** Has the items of a list sent one behind the other. */
  streams(call: string): void
}

/** What it answers: a status, or a document with 200 or its `status`; undefined is 404. */
type Answer = number | (object & { readonly status?: number }) | undefined

/** They may take their time. */
export type Answers = (call: string, got: Got) => Answer | Promise<Answer>

/** An engine of which a test says all answers. */
export async function fakeEngine(answers: Answers): Promise<FakeEngine> {
  const folder = await temporaryFolder()
  const got: Got[] = []
  const streams = new Set<string>()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine')
    buffer(request).then(
      async (bytes) => {
        const isJson = request.headers['content-type'] === 'application/json' && bytes.length > 0
        const call = `${request.method} ${decodeURIComponent(pathname)}`
        const one = {
          call,
          query: searchParams,
          bytes,
          json: isJson ? JSON.parse(bytes.toString()) : undefined,
        }
        got.push(one)
        const answer = (await answers(call, one)) ?? 404
        const { status = 200 } = typeof answer === 'number' ? { status: answer } : answer
        response.writeHead(status, { 'Content-Type': 'application/json' })
        const shown = typeof answer === 'number' ? { message: `engine says ${answer}` } : answer
        const isStream = streams.has(call) && Array.isArray(shown)
        response.end(
          isStream ? shown.map((item) => `${JSON.stringify(item)}\n`).join('') : JSON.stringify(shown),
        )
      },
      () => response.destroy(),
    )
  })
  server.listen(folder.file('engine.sock'))
  await once(server, 'listening')
  return {
    address: `unix://${folder.file('engine.sock')}`,
    got,
    streams: (call) => void streams.add(call),
    of: (call) => got.filter((one) => one.call === call),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await folder[Symbol.asyncDispose]()
    },
  }
}
