import type { api, Call, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { Answers, EngineSet, Heard } from './engine-set.js'
import { largest, nobody, warningsOf } from './engine-set.js'
import { sum } from './sum.js'

/** What every engine understands: the lowest of their newest API versions, with the head of the first for the rest. */
export async function ping(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.askAll(call)
  const [first] = answers.done
  if (first === undefined) return nobody(answers)
  const fields: Record<string, string> = { 'Content-Type': 'text/plain; charset=utf-8' }
  for (const name of pinged) {
    const value = first.reply.headers.get(name)
    if (value !== undefined) fields[name] = value
  }
  const versions = answers.done.map(({ reply: each }) => each.headers.get('Api-Version'))
  const lowest = versions.reduce((a, b) => (isOlder(b, a) ? b : a))
  if (lowest !== undefined) fields['Api-Version'] = lowest
  return reply(200, 'OK', { ...fields, ...(await warningsOf(answers)) })
}

const pinged = [
  'Builder-Version',
  'Cache-Control',
  'Docker-Experimental',
  'Ostype',
  'Pragma',
  'Server',
  'Swarm',
]

/** That of the oldest engine, with the API versions that all speak, and with the components of all. */
export async function version(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.askAll(call)
  const all = await documents<api.SystemVersion>(answers)
  if (all.length === 0) return nobody(answers)
  const oldest = all.reduce((a, b) => (isOlder(b.document.ApiVersion, a.document.ApiVersion) ? b : a))
  const leasts = all.map(({ document }) => document.MinAPIVersion ?? undefined)
  const names = all.map(({ engine, document }) => `${engine.name} ${document.Version}`)
  const body: api.SystemVersion = {
    ...oldest.document,
    Platform: { Name: `${set.members.length} engines: ${names.join(', ')}` },
    MinAPIVersion: leasts.reduce((a, b) => (isOlder(a, b) ? b : a)) ?? null,
    Components: [oldest, ...all.filter((each) => each !== oldest)].flatMap((each) =>
      (each.document.Components ?? []).map((component) =>
        each === oldest ? component : { ...component, Name: `${each.engine.name}: ${component.Name}` },
      ),
    ),
  }
  return reply(200, body, await warningsOf(answers))
}

/** Counts are those of all engines; what cannot be added is that of the first, which a warning says. */
export async function info(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.askAll(call)
  const all = await documents<api.SystemInfo>(answers)
  const [first] = all
  if (first === undefined) return nobody(answers)
  const counts = counted.map((name) => [name, sum(all.map(({ document }) => document[name]))] as const)
  const names = set.members.map(({ name }) => name)
  const Warnings = [
    `This is ${names.length} engines, ${names.join(', ')}: what is no count is that of ${first.engine.name}.`,
    ...answers.missing.map(({ engine }) => `The engine ${engine.name} cannot be reached.`),
    ...all.flatMap(({ engine, document }) =>
      (document.Warnings ?? []).map((line) => `${engine.name}: ${line}`),
    ),
  ]
  const body = { ...first.document, ...Object.fromEntries(counts), Name: names.join(','), Warnings }
  return reply(200, body, await warningsOf(answers))
}

const counted = [
  'Containers',
  'ContainersRunning',
  'ContainersPaused',
  'ContainersStopped',
  'Images',
  'MemTotal',
  'NCPU',
  'NEventsListener',
  'NFd',
  'NGoroutines',
] as const

async function documents<T>({ done }: Answers): Promise<(Heard & { document: T })[]> {
  return Promise.all(
    done.map(async (heard) => ({ ...heard, document: (await heard.reply.json(largest)) as T })),
  )
}

/** Compares number by number between the dots; what is not said is not older. */
function isOlder(a: string | null | undefined, b: string | null | undefined): boolean {
  if (typeof a !== 'string') return false
  if (typeof b !== 'string') return true
  const [left, right] = [a, b].map((text) => text.split('.').map(Number))
  const [majorA = 0, minorA = 0] = left!
  const [majorB = 0, minorB = 0] = right!
  return majorA < majorB || (majorA === majorB && minorA < minorB)
}
