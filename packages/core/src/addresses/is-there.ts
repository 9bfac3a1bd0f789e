import { statSync } from 'node:fs'

/** False only where there is nothing: what cannot be looked at is an error when it is used. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}
