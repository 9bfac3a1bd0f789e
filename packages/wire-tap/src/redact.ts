import type { Endpoint } from '@intermediate/core'
import { JsonRedaction } from './redact-json.js'
import { parseExact, writeExact } from './exact-numbers.js'
import { hidden, isSecretName, redacted, withoutCredentials, withoutCredentialsInPath } from './secrets.js'

/** What is hidden besides what always is. */
export interface RedactOptions {
  /**
   * The values of environment variables: of containers, execs, services, plugins, in `changes`, and in what is kept of
   * how an image was made.
   * @default false
   */
  env?: boolean
  /** The values of more header fields, by name. */
  headers?: readonly string[]
}

/** Also those that gateways in front add, and the extension host's, by which a call is taken back where it was. */
const secretField = /auth|cookie|passw|secret|token|api-?key|^x-registry-config$|^intermediate-call$/

/** Leaves out what is secret, in copies of what passed. */
export class Redaction {
  private readonly env: boolean
  private readonly fields: ReadonlySet<string>
  private readonly inJson: JsonRedaction

  constructor({ env = false, headers = [] }: RedactOptions = {}) {
    this.env = env
    this.fields = new Set(headers.map((name) => name.toLowerCase()))
    this.inJson = new JsonRedaction(env)
  }

  headers(fields: Iterable<readonly [name: string, value: string]>): Record<string, string> {
    const shown = Object.create(null) as Record<string, string>
    for (const [name, value] of fields) {
      const key = name.toLowerCase()
      const before = shown[key]
      const text = secretField.test(key) || this.fields.has(key) ? redacted : this.field(key, value)
      shown[key] = before === undefined || text === redacted ? text : `${before}, ${text}`
    }
    return shown
  }

  /** One value of a query; its name in any case, though the engine takes it in one. */
  query(name: string, value: string): string {
    const key = name.toLowerCase()
    if (key === 'buildargs') return withoutBuildArguments(value)
    if (isSecretName(key)) return redacted
    // What is fetched from there may need no more than its query, as a signed URL does.
    if (key === 'remote' || key === 'fromsrc')
      return withoutCredentials(value).replace(/\?[^#]+/, `?${redacted}`)
    if (key === 'changes' && this.env && /env/i.test(value)) return redacted
    return /^\s*[[{]/.test(value) ? this.jsonInQuery(value) : withoutCredentials(value)
  }

  /** A path or one of its parameters. */
  path(text: string): string {
    return withoutCredentialsInPath(text)
  }

  /**
   * What became of a call that failed.
   * @param isQueryRead false: its query cannot be read, and the message could say what is in it
   */
  error(message: string, isQueryRead: boolean): string {
    const text = isQueryRead ? message : message.replace(/"(?:[^"\\]|\\.)*"/g, redacted)
    return withoutCredentials(text)
  }

  /** A JSON document, which is changed in its place and returned. */
  json(endpoint: Endpoint, value: unknown): unknown {
    return this.inJson.document(endpoint, value)
  }

  private field(key: string, value: string): string {
    return key === 'location' || key === 'content-location'
      ? this.reference(value)
      : withoutCredentials(value)
  }

  /** Where a redirect leads: what a call says in its path and query, said again. */
  private reference(text: string): string {
    const [, path, query] = /^([^?#]*)\??([^#]*)/.exec(text)!
    const shown = query!.split('&').map((pair) => this.pair(pair))
    return `${this.path(path!)}${query === '' ? '' : `?${shown.join('&')}`}`
  }

  private pair(pair: string): string {
    const [name = '', value = ''] = new URLSearchParams(pair).entries().next().value ?? []
    const shown = this.query(name, value)
    return shown === value ? pair : `${encodeURIComponent(name)}=${shown}`
  }

  /** Read and written again: there are many ways to write the characters of a URL in JSON. */
  private jsonInQuery(value: string): string {
    try {
      return writeExact(this.inJson.document('unknown', parseExact(value)))
    } catch {
      // Engines read a value that something stands behind.
      return redacted
    }
  }
}

function withoutBuildArguments(value: string): string {
  try {
    const args: unknown = JSON.parse(value)
    return typeof args === 'object' && args !== null ? JSON.stringify(hidden(args)) : redacted
  } catch {
    return redacted
  }
}
