/** What stands in the place of a secret. */
export const redacted = '[redacted]'

/** How deep a document is looked at: no body of the API is near as deep, and what is deeper is left out. */
export const deepest = 100

/** True for a name whose value is secret wherever it stands, as `fold` writes it. */
export function isSecretName(folded: string): boolean {
  return /passw|passphrase|token|^(?:unlockkey|signingcakey)$/.test(folded)
}

/** As Go compares the names of fields: without case, ſ as s and the Kelvin sign as k. */
export function fold(name: string): string {
  return name.toUpperCase().toLowerCase()
}

/** Without user and password in URLs. */
export function withoutCredentials(text: string): string {
  return text.includes('://') ? text.replace(/:\/\/[^\s/?#]*@/g, `://${redacted}@`) : text
}

/**
 * The same in a path, or what is left of it: engines redirect `/images/https://me:secret@host/json` to a path in which the
 * two slashes are one.
 */
export function withoutCredentialsInPath(path: string): string {
  return path.replace(/(:\/+)[^\s/?#]*@/g, `$1${redacted}@`)
}

/** Every text and number in it; that something is there, and where, still shows. */
export function hidden(value: unknown, depth = 0): unknown {
  if (value === '' || value === null || value === undefined || typeof value === 'boolean') return value
  if (typeof value !== 'object' || depth > deepest) return redacted
  if (Array.isArray(value)) return value.map((each) => hidden(each, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hidden(each, depth + 1)]))
}
