import type { JsonValue } from './json-value.js'

/** How numbers were written, by their place in a list or object. */
type Texts = Map<string | number, string>
export type NumberSources = Readonly<Texts>

/**
 * The numbers that were read and that a double would write in another way, by the list or object that holds them:
 * `1.0`, `1e3`, `0.50`. The engine takes `1` for a count and refuses `1.0`, so only the text tells it what was sent.
 */
const sources = new WeakMap<object, Texts>()

export function keepSource(holder: object, key: string | number, text: string): void {
  const texts = sources.get(holder)
  if (texts) texts.set(key, text)
  else sources.set(holder, new Map([[key, text]]))
}

export function sourcesOf(holder: object): NumberSources | undefined {
  return sources.get(holder)
}

/** The text of a number that was read, as long as its value there is still the one that was read. */
export function sourceOf(texts: NumberSources, key: string | number, value: JsonValue): string | undefined {
  const text = texts.get(key)
  return text !== undefined && Object.is(Number(text), value) ? text : undefined
}
