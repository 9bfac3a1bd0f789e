import { createHash } from 'node:crypto'
import type { Command } from './command.js'
import { buildProgress } from './differences.js'
import type { Difference } from './differences.js'

/** Output of more bytes than this, or that is no text, is compared by its hash. */
const longest = 32 * 1024

/** What one play of a scenario did and saw, in the order in which its commands were started. */
export class Transcript {
  readonly #steps: (Command | readonly [string, unknown])[] = []

  add(command: Command): void {
    this.#steps.push(command)
  }

  note(title: string, value: unknown): void {
    this.#steps.push([title, value])
  }

  /** Ends the commands that still run. */
  async close(): Promise<void> {
    await Promise.all(this.#steps.map(async (step) => (isNote(step) ? undefined : step.kill())))
  }

  /** As text; `names` are rewritten first, then each difference. */
  text(names: Readonly<Record<string, string>>, differences: readonly Difference[]): string {
    let text = this.#steps.map((step) => (isNote(step) ? noteText(...step) : commandText(step))).join('\n')
    for (const [name, shown] of Object.entries(names)) text = text.replaceAll(name, shown)
    for (const difference of differences) text = difference.rewrite(text)
    return text
  }
}

function isNote(step: Command | readonly [string, unknown]): step is readonly [string, unknown] {
  return Array.isArray(step)
}

function noteText(title: string, value: unknown): string {
  if (Buffer.isBuffer(value)) return `# ${title}\n${shown(value)}\n`
  return `# ${title}\n${typeof value === 'string' ? value : JSON.stringify(value, null, 1)}\n`
}

const arranged = {
  'as it came': (text: string) => text,
  sorted: (text: string) => text.split('\n').toSorted().join('\n'),
  'as progress': (text: string) => [...new Set(buildProgress(text).split('\n'))].toSorted().join('\n'),
}

function commandText(command: Command): string {
  const { code, bytes, stderr } = command.soFar
  if (command.compared === 'not at all') return `$ ${command.line}\n[exit] ${code}\n`
  const [out, err] = [shown(bytes), shown(Buffer.from(stderr))].map(arranged[command.compared])
  return `$ ${command.line}\n[exit] ${code}\n[stdout]\n${out}\n[stderr]\n${err}\n`
}

function shown(bytes: Buffer): string {
  const isText = !bytes.includes(0) && Buffer.from(bytes.toString()).equals(bytes)
  return isText && bytes.length <= longest ? bytes.toString() : `${bytes.length} bytes, sha256 ${hash(bytes)}`
}

export function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}
