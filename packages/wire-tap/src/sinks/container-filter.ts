import type { Endpoint } from '@intermediate/core'
import type { CallBegun, TapEvent } from '../events.js'

/** How many names and execs are remembered, of each. */
const remembered = 10_000

/** Calls whose replies say something that only their beginning explains. */
const explaining = new Set<Endpoint>([
  'POST /containers/create',
  'POST /containers/:id/exec',
  'POST /containers/:id/rename',
])

/**
 * Tells the calls of one container, by its name, its id, or the beginning of that: those of its own routes, its execs,
 * commits of it, and the create that gives it its name. Clients call a container what they like, so what passes is read
 * for names and ids: lists and inspects, replies to create, rename and exec, and events.
 */
export class ContainerFilter {
  /** As it was asked for. */
  readonly wanted: string
  /** Of the containers that were called what is wanted. */
  private readonly ids = new Set<string>()
  private readonly names = new Map<string, string>()
  /** What the container of an exec was called when that was made. */
  private readonly execs = new Map<string, string>()
  private readonly begun = new Map<number, CallBegun>()

  constructor(wanted: string) {
    this.wanted = bare(wanted)
  }

  /** Reads an inspect of the container that is wanted. @returns its id and name, if that is what it is */
  find(inspected: unknown): { id: string; name: string } | undefined {
    this.readInspect(inspected)
    const { Id, Name } = fields(inspected)
    if (typeof Id !== 'string') return undefined
    this.ids.add(Id)
    return { id: Id, name: typeof Name === 'string' ? bare(Name) : Id }
  }

  /** Whether a call is for the container, by what was read until now. */
  wants({ endpoint, params, query }: CallBegun): boolean {
    const [, kind] = /^\w+ \/(containers|exec)\/:id(?:\/|$)/.exec(endpoint) ?? []
    if (kind === 'containers') return this.isWanted(params['id'])
    if (kind === 'exec') return this.isWanted(this.execs.get(params['id'] ?? ''))
    if (endpoint === 'POST /containers/create') return this.isWanted(query?.['name'])
    return endpoint === 'POST /commit' && this.isWanted(query?.['container'])
  }

  /** To be given every event, also of calls that are not wanted. */
  read(event: TapEvent): void {
    switch (event.type) {
      case 'call':
        if (explaining.has(event.endpoint)) this.begun.set(event.call, event)
        break
      case 'reply':
        if (event.status === 204) this.readRename(this.begun.get(event.call))
        break
      case 'body':
        if (event.of === 'reply') this.readBody(event.endpoint, event.json, this.begun.get(event.call))
        break
      case 'item':
        if (event.endpoint === 'GET /events') this.readEvent(event.json)
        break
      case 'end':
        this.begun.delete(event.call)
        break
      case 'frame':
    }
  }

  private isWanted(called: string | readonly string[] | undefined): boolean {
    if (typeof called !== 'string') return false
    const ref = bare(called)
    if (ref === this.wanted) return true
    const id = this.idOf(ref)
    return this.ids.has(id) || (/^[\da-f]{12,64}$/.test(this.wanted) && id.startsWith(this.wanted))
  }

  /** As the engine finds it: a name goes before the beginning of an id. */
  private idOf(ref: string): string {
    const named = this.names.get(ref)
    if (named !== undefined) return named
    const begunBy = /^[\da-f]+$/.test(ref) ? [...this.ids].find((id) => id.startsWith(ref)) : undefined
    return begunBy ?? ref
  }

  private readBody(endpoint: Endpoint, json: unknown, begun: CallBegun | undefined): void {
    const { Id, ID, ContainerID } = fields(json)
    switch (endpoint) {
      case 'GET /containers/json':
        for (const each of list(json)) this.readListed(each)
        break
      case 'GET /containers/:id/json':
        this.readInspect(json)
        break
      case 'POST /containers/create':
        this.name(begun?.query?.['name'], Id)
        break
      case 'POST /containers/:id/exec':
        this.exec(Id, begun?.params['id'])
        break
      case 'GET /exec/:id/json':
        this.exec(ID, ContainerID)
        break
      default:
    }
  }

  private readRename(begun: CallBegun | undefined): void {
    if (begun?.endpoint === 'POST /containers/:id/rename')
      this.name(begun.query?.['name'], this.idOf(bare(begun.params['id'] ?? '')))
  }

  private readListed(listed: unknown): void {
    const { Id, Names } = fields(listed)
    for (const name of list(Names)) this.name(name, Id)
  }

  private readInspect(inspected: unknown): void {
    const { Id, Name, ExecIDs } = fields(inspected)
    this.name(Name, Id)
    for (const exec of list(ExecIDs)) this.exec(exec, Id)
  }

  private readEvent(event: unknown): void {
    const { Type, Actor } = fields(event)
    if (Type !== 'container') return
    const { ID, Attributes } = fields(Actor)
    const { name, execID } = fields(Attributes)
    this.name(name, ID)
    this.exec(execID, ID)
  }

  private name(name: unknown, id: unknown): void {
    if (typeof name !== 'string' || typeof id !== 'string') return
    remember(this.names, bare(name), id)
    if (bare(name) === this.wanted) this.ids.add(id)
  }

  private exec(exec: unknown, container: unknown): void {
    if (typeof exec === 'string' && typeof container === 'string') remember(this.execs, exec, container)
  }
}

/** Without the slash that the engine puts in front of names. */
function bare(name: string): string {
  return name.replace(/^\//, '')
}

function remember(what: Map<string, string>, key: string, value: string): void {
  what.delete(key)
  what.set(key, value)
  if (what.size > remembered) what.delete(what.keys().next().value!)
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
