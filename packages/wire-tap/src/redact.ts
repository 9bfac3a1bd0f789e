import type { Endpoint } from '@intermediate/core'
import { JsonRedaction } from './redact-json.js'
import { hidden, isSecretName, redacted, withoutCredentials } from './secrets.js'

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
      const text = secretField.test(key) || this.fields.has(key) ? redacted : withoutCredentials(value)
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
    return withoutCredentials(value)
  }

  /** A path or one of its parameters. */
  path(text: string): string {
    return withoutCredentials(text)
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
}

function withoutBuildArguments(value: string): string {
  try {
    const args: unknown = JSON.parse(value)
    return typeof args === 'object' && args !== null ? JSON.stringify(hidden(args)) : redacted
  } catch {
    return redacted
  }
}
