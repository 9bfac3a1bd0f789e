import type { FileSystem } from '../files/file-system.js'
import type { FolderNode } from '../files/nodes.js'
import type { Image } from '../images/images.js'
import type { Process } from '../processes/process.js'
import type { Sandbox } from '../processes/sandbox.js'
import { Terminal } from '../processes/terminal.js'
import { nothing } from '../streams/byte-stream.js'
import type { Source } from '../streams/byte-stream.js'
import { Condition } from '../streams/condition.js'
import { Log } from '../streams/log.js'
import { Pipe } from '../streams/pipe.js'
import type { ContainerConfig, EndpointSettings, HostConfig } from './config.js'
import type { Mount } from './mounts.js'
import { Output } from './output.js'
import type { PublishedPort } from './ports.js'

/** A container's place in a network: what was asked for, and while it runs, what it got. */
export interface Endpoint {
  /** As it was asked for: a name or an id. */
  readonly network: string
  readonly settings: EndpointSettings
  networkId: string
  joined: { endpointId: string; address: string; mac: string; gateway: string; prefix: number } | undefined
}

export interface ContainerState {
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'
  exitCode: number
  /** Why it could not start. */
  error: string
  started: bigint | undefined
  finished: bigint | undefined
}

/** What a container was made with. */
export interface ContainerMade {
  readonly id: string
  readonly name: string
  readonly created: bigint
  /** The image as it was asked for. */
  readonly imageName: string
  readonly image: Image
  readonly config: ContainerConfig
  readonly hostConfig: HostConfig
  readonly files: FileSystem
  /** Its files as they were at first, for what changed. */
  readonly untouched: FolderNode
  readonly mounts: readonly Mount[]
  readonly endpoints: ReadonlyMap<string, Endpoint>
}

/** A container: what it was made with, how it is, and while it runs, what runs. */
export class Container {
  readonly id: string
  name: string
  readonly created: bigint
  readonly imageName: string
  readonly image: Image
  readonly config: ContainerConfig
  readonly hostConfig: HostConfig
  readonly files: FileSystem
  readonly untouched: FolderNode
  readonly mounts: readonly Mount[]
  readonly endpoints: Map<string, Endpoint>
  readonly state: ContainerState = {
    status: 'created',
    exitCode: 0,
    error: '',
    started: undefined,
    finished: undefined,
  }
  readonly log = new Log()
  readonly output: Output
  /** Its terminal, if it was made with one. */
  terminal: Terminal | undefined
  /** Its stdin, unless that is a terminal or nothing at all. */
  stdin: Pipe | undefined
  /** Those who are attached; each is called when the container ends. */
  readonly attached = new Set<() => void>()
  /** What runs: the inside, and the process whose end is the container's. */
  running: { readonly sandbox: Sandbox; readonly main: Process } | undefined
  ports: readonly PublishedPort[] = []
  restarts = 0
  /** How often it has ended. */
  exits = 0
  /** Someone stopped it, so no policy starts it again. */
  isStopped = false
  isRemoved = false
  /** What it is, for whoever waits, changed. */
  readonly changes = new Condition()

  constructor(made: ContainerMade) {
    this.id = made.id
    this.name = made.name
    this.created = made.created
    this.imageName = made.imageName
    this.image = made.image
    this.config = made.config
    this.hostConfig = made.hostConfig
    this.files = made.files
    this.untouched = made.untouched
    this.mounts = made.mounts
    this.endpoints = new Map(made.endpoints)
    this.output = new Output((stream, bytes) => this.log.append(stream, bytes))
    this.renewInput()
  }

  get isRunning(): boolean {
    return this.running !== undefined
  }

  get isPaused(): boolean {
    return this.state.status === 'paused'
  }

  /** The command line. */
  get args(): readonly string[] {
    return [...(this.config.Entrypoint ?? []), ...(this.config.Cmd ?? [])]
  }

  /** A fresh stdin, for those who attach before the next start and for that start. */
  renewInput(): void {
    const { Tty, OpenStdin } = this.config
    this.terminal = Tty ? new Terminal('/dev/pts/0', this.output.stream(1)) : undefined
    const [rows = 0, columns = 0] = this.hostConfig.ConsoleSize ?? []
    this.terminal?.resize(rows, columns)
    if (Tty && !OpenStdin) this.terminal?.hangUp()
    this.stdin = OpenStdin && !Tty ? new Pipe() : undefined
  }

  get input(): Source {
    return this.terminal ?? this.stdin ?? nothing
  }

  changed(): void {
    this.changes.changed()
    this.log.changed()
  }
}
