import type { BodySeen, CallBegun } from '../events.js'
import { fold } from '../secrets.js'
import type { Size } from './recording.js'

/** What is known of an exec or a container before somebody has its terminal. */
export interface Session {
  /** As its client called it. */
  readonly container?: string | undefined
  /** What it runs. */
  readonly command?: string | undefined
  readonly size?: Size | undefined
}

/** How many execs and containers are remembered. */
const remembered = 1000

/** In characters, how much of a command is. */
const longest = 200

const creates = new Set(['POST /containers/create', 'POST /containers/:id/exec'])

/** What the calls that make execs and containers say of them, by their ids. */
export class Sessions {
  private readonly known = new Map<string, Session>()
  /** What others were resized to: a client can name any, and must not have us forget those that were made. */
  private readonly sized = new Map<string, Size>()
  /** Those that are being made, by the calls that make them. */
  private readonly begun = new Map<number, Session>()

  get(id: string): Session {
    return this.known.get(id) ?? { size: this.sized.get(id) }
  }

  begin({ call, endpoint, params, query }: CallBegun): void {
    if (!creates.has(endpoint)) return
    const { id } = params
    const container = id === undefined ? textOf(query?.['name']) : (this.get(id).container ?? id)
    this.begun.set(call, { container })
  }

  /** Reads the body of a call that makes one. */
  ask({ call, json }: BodySeen): void {
    const session = this.begun.get(call)
    if (session !== undefined)
      this.begun.set(call, { ...session, command: commandOf(json), size: sizeIn(json) })
  }

  /** Reads the reply to one. @returns the id of what was made */
  answer({ call, json }: BodySeen): string | undefined {
    const session = this.begun.get(call)
    const id = textOf(field(json, 'id'))
    if (session === undefined || id === undefined) return undefined
    remember(this.known, id, session)
    return id
  }

  resize(id: string, size: Size): void {
    const session = this.known.get(id)
    if (session === undefined) remember(this.sized, id, size)
    else remember(this.known, id, { ...session, size })
  }

  end(call: number): void {
    this.begun.delete(call)
  }
}

/** Forgets the one that was not told of for longest. */
function remember<T>(all: Map<string, T>, id: string, one: T): void {
  all.delete(id)
  all.set(id, one)
  if (all.size > remembered) all.delete(all.keys().next().value!)
}

/** The size of the terminal in the body of create and start; the CLI sends it since 23.0, before that it resizes. */
export function sizeIn(json: unknown): Size | undefined {
  return sizeOf(field(json, 'consolesize') ?? field(field(json, 'hostconfig'), 'consolesize'))
}

/** Height and width, as Docker gives them; 0 is a terminal that has none. */
export function sizeOf(pair: unknown): Size | undefined {
  if (!Array.isArray(pair)) return undefined
  const [height, width] = pair.map(Number)
  return height! > 0 && width! > 0 ? { height: height!, width: width! } : undefined
}

function commandOf(json: unknown): string | undefined {
  const words = [field(json, 'entrypoint'), field(json, 'cmd')].flat()
  const text = words.filter((word) => typeof word === 'string').join(' ')
  if (text.length > longest) return `${text.slice(0, longest)}…`
  return text === '' ? undefined : text
}

/** As Go reads it: in any case, and of several the last. */
function field(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null) return undefined
  return Object.entries(json).findLast(([each]) => fold(each) === name)?.[1]
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
