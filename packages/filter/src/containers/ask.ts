import type { Inquiry } from './inquiry.js'

/**
 * What a rule is about. `everything`: what hands out the host as a whole; `unknown`: a field that nobody here knows;
 * `template`: what is mounted is not said before a task of the service starts.
 */
export type Topic =
  | 'hostPath'
  | 'namespace'
  | 'capability'
  | 'device'
  | 'securityOption'
  | 'sysctl'
  | 'runtime'
  | 'driver'
  | 'image'
  | 'limit'
  | 'swarm'
  | 'template'
  | 'everything'
  | 'unknown'
  | 'unreadable'

/** One thing that a call asks for, and that an ordinary container does not have. */
export interface Ask {
  readonly topic: Topic
  /** What a rule compares with what it allows; '' is nothing that can be allowed. */
  readonly name: string
  /** How a refusal names it: `the capability SYS_ADMIN`. */
  readonly what: string
  /** The sentence of a refusal, where that says too little. */
  readonly refusal?: string
  /** Of a host path: it can be written. */
  readonly writes?: boolean
  /** It is not what the call asks for, but what a container has that it names. */
  readonly there?: true
  /** Of an image: what becomes of it. Default: it is run, or fetched to be. */
  readonly use?: 'pull' | 'make' | 'tag' | 'build' | 'load'
  /** Of another name for an image: the image that gets it. */
  readonly source?: string
}

/** Something of which only the engine can say what it asks for: a volume, a network or a container that is there. */
export interface Question {
  /** The topics of what may come of it: rules about others need not ask. */
  readonly topics: readonly Topic[]
  answer(inquiry: Inquiry): Promise<readonly Item[]>
}

/** A container that is there, by a name of it: it is judged by what it was made with. */
export interface Named {
  readonly topics: readonly Topic[]
  readonly container: string
  /** Puts the id in the place of the name, so that the one that was looked at is the one that is meant. */
  readonly pin: (id: string) => void
}

export type Item = Ask | Question | Named

/** The topics of all that a container can have. */
export const containerTopics: readonly Topic[] = [
  'hostPath',
  'namespace',
  'capability',
  'device',
  'securityOption',
  'sysctl',
  'runtime',
  'driver',
  'image',
  'limit',
  'template',
  'everything',
  'unknown',
  'unreadable',
]
