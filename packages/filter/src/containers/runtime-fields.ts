import type { Ask, Item } from './ask.js'
import { anything, pairs, text } from './fields.js'
import type { Inquiry } from './inquiry.js'

/** A runtime other than the engine's default one, under which the engine lists containers that named none. */
export const runtime = text((name): readonly Item[] => {
  const ask: Ask = { topic: 'runtime', name, what: `the runtime ${name}` }
  const answer = async (inquiry: Inquiry) => ((await inquiry.info()).DefaultRuntime === name ? [] : [ask])
  return [{ topics: ['runtime'], answer }]
})

/** Annotations are for the runtime, and some make it give up what it keeps apart. */
export const annotations = pairs((name) => [
  { topic: 'runtime', name: `annotation:${name}`, what: `the annotation ${name}` },
])

/** Of Windows: whether a container has a kernel of its own. */
export const isolation = text((value) =>
  value === 'default'
    ? []
    : [{ topic: 'runtime', name: `isolation:${value}`, what: `the isolation ${value}` }],
)

/** What a service runs in place of containers. */
export const notContainers = anything((field) => [
  { topic: 'everything', name: '', what: `the ${field} of a service` },
])
