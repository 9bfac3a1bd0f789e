import { badRequest } from '../engine-error.js'

/** The API versions that are spoken, as the numbers after `1.`. */
export const oldest = 41
export const newest = 55

export interface Target {
  /** Without the version, percent-decoded once. */
  readonly path: string
  /** As it stood in the path, without its v. */
  readonly version: string | undefined
  readonly search: string
}

/** Takes a request target apart; undefined where it cannot be decoded. */
export function readTarget(target: string): Target | undefined {
  const [, raw = '/', search = ''] = /^([^?#]*)\??([^#]*)/.exec(target) ?? []
  const [, version, rest] = /^\/v([0-9.]+)(\/.*)$/.exec(raw) ?? []
  try {
    return { path: decodeURIComponent(rest ?? raw), version, search }
  } catch {
    return undefined
  }
}

/** The number after `1.` that a call is answered for. @throws 400 outside of what is spoken */
export function apiOf(version: string | undefined, newestHere: number): number {
  if (version === undefined) return newestHere
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const number = major * 1000 + minor - 1000
  if (number > newestHere) {
    throw badRequest(`client version ${version} is too new: this engine speaks up to 1.${newestHere}`)
  }
  if (number < oldest)
    throw badRequest(`client version ${version} is too old: this engine speaks 1.${oldest} and later`)
  return number
}
