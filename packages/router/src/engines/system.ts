import type { api, Call, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import { failureOf, warningsOf } from './engine-set.js'
import { added } from './added.js'

/**
 * What every engine understands: the lowest of their newest API versions, with the head of the first for the rest. Of one
 * that is down it is the version that it told before, so that clients still understand it when it is back.
 */
export async function ping(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.replies(call, { how: 'askBriefly' })
  const failure = failureOf(answers)
  if (failure !== undefined) return failure
  const first = answers.done[0]!
  const fields: Record<string, string> = { 'Content-Type': 'text/plain; charset=utf-8' }
  for (const name of pinged) {
    const value = first.said.headers.get(name)
    if (value !== undefined) fields[name] = value
  }
  for (const { engine, said } of answers.done) engine.apiVersion = said.headers.get('Api-Version')
  const lowest = set.members.map(({ apiVersion }) => apiVersion).reduce((a, b) => (isOlder(b, a) ? b : a))
  if (lowest !== undefined) fields['Api-Version'] = lowest
  return reply(200, 'OK', { ...fields, ...warningsOf(answers) })
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
  const answers = await set.documents<api.SystemVersion>(call)
  const all = answers.done
  const failure = failureOf(answers)
  if (failure !== undefined) return failure
  const oldest = all.reduce((a, b) => (isOlder(b.said.ApiVersion, a.said.ApiVersion) ? b : a))
  const leasts = all.map(({ said }) => said.MinAPIVersion ?? undefined)
  const names = set.members.map(({ name }) => name)
  const body: api.SystemVersion = {
    ...oldest.said,
    Platform: { Name: `${names.length} engines (${names.join(', ')})` },
    MinAPIVersion: leasts.reduce((a, b) => (isOlder(a, b) ? b : a)) ?? null,
    Components: [oldest, ...all.filter((each) => each !== oldest)].flatMap((each) =>
      (each.said.Components ?? []).map((component) =>
        each === oldest ? component : { ...component, Name: `${each.engine.name}: ${component.Name}` },
      ),
    ),
  }
  return reply(200, body, warningsOf(answers))
}

/** Counts are those of all engines; what cannot be added is that of the first, which a warning says. */
export async function info(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.documents<api.SystemInfo>(call)
  const all = answers.done
  const failure = failureOf(answers)
  if (failure !== undefined) return failure
  const first = all[0]!
  const counts = counted.map((name) => [name, added(all.map(({ said }) => said[name]))] as const)
  const names = set.members.map(({ name }) => name)
  const Warnings = [
    `This is ${names.length} engines, ${names.join(', ')}: what is no count is that of ${first.engine.name}.`,
    ...answers.missing.map(({ engine }) => `The engine ${engine.name} cannot be reached.`),
    ...answers.failed.map(({ engine, message }) => `The engine ${engine.name} says: ${message}`),
    ...all.flatMap(({ engine, said }) => (said.Warnings ?? []).map((line) => `${engine.name}: ${line}`)),
  ]
  const body = { ...first.said, ...Object.fromEntries(counts), Name: names.join(','), Warnings }
  return reply(200, body, warningsOf(answers))
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

/** Compares number by number between the dots; what is not said is not older. */
function isOlder(a: string | null | undefined, b: string | null | undefined): boolean {
  if (typeof a !== 'string') return false
  if (typeof b !== 'string') return true
  const [left, right] = [a, b].map((text) => text.split('.').map(Number))
  const [majorA = 0, minorA = 0] = left!
  const [majorB = 0, minorB = 0] = right!
  return majorA < majorB || (majorA === majorB && minorA < minorB)
}
