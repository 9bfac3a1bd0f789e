import { readFile, writeFile } from 'node:fs/promises'
import type { Intermediate } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import type { Response, Script, Transcript } from '@intermediate/testing'
import { temporaryFolder } from '@intermediate/testing'
import type { ReplayOptions, TapEvent, WireTapOptions } from '@intermediate/wire-tap'
import { jsonLines, replay, wireTap } from '@intermediate/wire-tap'
import type { Setup } from '../matrix.js'
import { byHand } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'

/** A call and its reply, as bytes. */
export type Exchange = readonly [call: string, reply: string]

/** What `jsonLines` writes of these calls, made one after the other. */
export async function recorded(exchanges: readonly Exchange[], options?: WireTapOptions): Promise<string> {
  const left = exchanges.map(([, reply]) => Buffer.from(reply, 'latin1'))
  const script: Script = async (connection) => {
    for await (const _ of connection.eachRequest()) await connection.send(left.shift()!)
    await connection.end()
  }
  return recordedWith(script, exchanges.length, options, async (to) => {
    for (const [call] of exchanges) {
      await using client = await to.client()
      await client.send(Buffer.from(call, 'latin1'))
      await client.response({ head: call.startsWith('HEAD') })
    }
  })
}

/** What it writes of that many calls, which are made by hand. */
export async function recordedWith(
  script: Script,
  calls: number,
  options: WireTapOptions | undefined,
  act: (to: Setup) => Promise<void>,
): Promise<string> {
  await using folder = await temporaryFolder()
  const file = folder.file('session.jsonl')
  const last = told()
  await using sink = jsonLines(file)
  const layers = intermediate({ onError: () => {} })
    .use(wireTap(last))
    .use(wireTap(sink, options))
  await using to = await setUpWith(layers, 'unix', script)
  await act(to)
  await last.until('end', calls)
  await new Promise((resolve) => setImmediate(resolve))
  await sink.close()
  return await readFile(file, 'utf8')
}

/** The events of a recording, to be changed and written again. */
export function eventsOf(recording: string): (TapEvent & { text?: string })[] {
  return recording
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TapEvent)
}

export function linesOf(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

export interface Replayed extends Setup {
  /** Makes one call on a connection of its own. */
  ask(call: string): Promise<Response>
  /** What a refusal says, with its status, and FILE for the path of the recording. */
  refusal(call: string): Promise<string>
}

/** An intermediate that replays a recording, of one file or several, behind these layers. */
export async function replayed(
  recording: string | readonly string[],
  options?: ReplayOptions,
  layers: Intermediate = intermediate(),
): Promise<Replayed> {
  await using folder = await temporaryFolder()
  const files = [recording].flat().map((text, at) => ({ text, path: folder.file(`${at}.jsonl`) }))
  for (const { text, path } of files) await writeFile(path, text)
  const paths = files.map(({ path }) => path)
  const to = await setUpWith(layers.use(await replay(paths, options)), 'unix', byHand)
  const ask = async (call: string) => {
    await using client = await to.client()
    await client.send(Buffer.from(call, 'latin1'))
    return await client.response({ head: call.startsWith('HEAD') })
  }
  const refusal = async (call: string) => {
    const { status, body } = await ask(call)
    const { message } = JSON.parse(body.toString()) as { message: string }
    return `${status} ${message.replaceAll(paths.join(', '), 'FILE')}`
  }
  return { ...to, ask, refusal }
}

/** A client that has sent this, and has read the head of its reply. */
export async function begun(to: Setup, call: string): Promise<{ client: Transcript; head: string }> {
  const client = await to.client()
  await client.send(call)
  return { client, head: await client.head() }
}
