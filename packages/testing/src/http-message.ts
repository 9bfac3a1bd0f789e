import type { RecordedSocket } from './recorded-socket.js'
import type { WaitOptions } from './waits.js'

/**
 * One HTTP/1 message, read leniently: bare LF ends a line too, `chunked` anywhere in a Transfer-Encoding beats a
 * Content-Length, of several lengths the first counts. What a strict parser refuses is what these tests are about.
 */
export interface Message {
  /** The first line, without its line end. */
  readonly startLine: string
  /** Name and value as they came, in their order, trimmed of white space around the value. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The body without its framing. */
  readonly body: Buffer
  readonly trailers: readonly (readonly [name: string, value: string])[]
  /** Exactly the bytes of the whole message. */
  readonly raw: Buffer
  /** The first value of that name, in any case. */
  header(name: string): string | undefined
}

export interface Request extends Message {
  readonly method: string
  readonly target: string
}

export interface Response extends Message {
  readonly status: number
}

/** Reads one request. Without Content-Length and Transfer-Encoding it has no body. */
export async function readRequest(from: RecordedSocket, options?: WaitOptions): Promise<Request> {
  const message = await readMessage(from, () => 'none', options)
  const [method = '', target = ''] = message.startLine.split(' ')
  return { ...message, method, target }
}

export interface ResponseOptions extends WaitOptions {
  /** It answers a HEAD, so no body follows. @default false */
  head?: boolean
}

/**
 * Reads one response; a 1xx is one of its own. Without Content-Length and Transfer-Encoding its body goes on to
 * the peer's FIN: for a tunnel that is opened by a 200, read `head()` instead.
 */
export async function readResponse(from: RecordedSocket, options: ResponseOptions = {}): Promise<Response> {
  const bodiless = (status: number) => options.head || status < 200 || status === 204 || status === 304
  const message = await readMessage(
    from,
    (line) => (bodiless(statusOf(line)) ? 'never' : 'to the end'),
    options,
  )
  return { ...message, status: statusOf(message.startLine) }
}

/** What follows a head that names no length; `never` also where it names one. */
type Unframed = 'none' | 'to the end' | 'never'

async function readMessage(
  from: RecordedSocket,
  unframed: (startLine: string) => Unframed,
  options?: WaitOptions,
): Promise<Message> {
  const start = from.cursor
  const [startLine = '', ...lines] = (await from.head(options)).split(/\r?\n/)
  const headers = fields(lines)
  const header = (name: string) => valueOf(headers, name)
  const { body, trailers } = await readBody(from, header, unframed(startLine), options)
  return { startLine, headers, header, body, trailers, raw: from.received.subarray(start, from.cursor) }
}

async function readBody(
  from: RecordedSocket,
  header: Message['header'],
  unframed: Unframed,
  options?: WaitOptions,
): Promise<Pick<Message, 'body' | 'trailers'>> {
  if (unframed === 'never') return { body: Buffer.alloc(0), trailers: [] }
  if (/chunked/i.test(header('transfer-encoding') ?? '')) return readChunks(from, options)
  const length = parseInt(header('content-length') ?? '', 10)
  if (length >= 0) return { body: await from.bytes(length, options), trailers: [] }
  return { body: unframed === 'none' ? Buffer.alloc(0) : await from.ended(options), trailers: [] }
}

async function readChunks(
  from: RecordedSocket,
  options?: WaitOptions,
): Promise<Pick<Message, 'body' | 'trailers'>> {
  const chunks: Buffer[] = []
  for (;;) {
    const line = await readLine(from, options)
    const size = parseInt(line, 16)
    if (Number.isNaN(size)) throw new Error(`"${line}" is no chunk size.`)
    if (size === 0) return { body: Buffer.concat(chunks), trailers: await readTrailers(from, options) }
    chunks.push(await from.bytes(size, options))
    await readLine(from, options)
  }
}

async function readTrailers(from: RecordedSocket, options?: WaitOptions): Promise<Message['trailers']> {
  const lines: string[] = []
  for (let line = await readLine(from, options); line !== ''; line = await readLine(from, options))
    lines.push(line)
  return fields(lines)
}

async function readLine(from: RecordedSocket, options?: WaitOptions): Promise<string> {
  const line = await from.until('\n', options)
  return line.toString('latin1').replace(/\r?\n$/, '')
}

function fields(lines: readonly string[]): [name: string, value: string][] {
  return lines.flatMap((line): [string, string][] => {
    const [, name, value] = /^([^:]*):(.*)$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, value.trim()]]
  })
}

function valueOf(headers: Message['headers'], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1]
}

function statusOf(startLine: string): number {
  return Number(startLine.split(' ')[1])
}
