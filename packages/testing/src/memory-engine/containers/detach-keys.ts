import { badRequest } from '../engine-error.js'

const byDefault = 'ctrl-p,ctrl-q'

/** The bytes of keys written as `ctrl-p,ctrl-q`. @throws 400 */
export function detachKeys(text = byDefault): Buffer {
  const codes = text.split(',').map((key) => {
    if (key.length === 1) return key.charCodeAt(0)
    const [, control] = /^ctrl-([a-z@[\]\\^_])$/.exec(key) ?? []
    if (control === undefined)
      throw badRequest(`invalid detach keys ${JSON.stringify(text)}: write them as ${byDefault}`)
    return control.toUpperCase().charCodeAt(0) - 0x40
  })
  return Buffer.from(codes)
}

/** Looks for the keys in what is typed, which may come in pieces; what may be their beginning is held back. */
export class DetachWatch {
  readonly #keys: Buffer
  #seen = 0

  constructor(keys: Buffer) {
    this.#keys = keys
  }

  /** What is to be passed on; `detached` once the keys were seen. */
  take(bytes: Buffer): { pass: Buffer; detached: boolean } {
    const pass: number[] = []
    for (const byte of bytes) {
      if (byte === this.#keys[this.#seen]) {
        if (++this.#seen === this.#keys.length) return { pass: Buffer.from(pass), detached: true }
        continue
      }
      pass.push(...this.#keys.subarray(0, this.#seen))
      this.#seen = byte === this.#keys[0] ? 1 : 0
      if (this.#seen === 0) pass.push(byte)
    }
    return { pass: Buffer.from(pass), detached: false }
  }
}
