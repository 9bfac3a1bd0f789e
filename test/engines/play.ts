import { mkdir } from 'node:fs/promises'
import type { Difference } from './differences.js'
import { dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import { environmentFor } from './engines.js'
import type { Client, Engine } from './engines.js'
import { Transcript } from './transcript.js'

/**
 * One run of a scenario. Whatever it makes has `name` as its name, or at the start of it, and is removed at
 * the end.
 */
export interface Play {
  readonly docker: Docker
  /** Where the engine answers: itself, or the first intermediate of a chain in front of it. */
  readonly address: string
  readonly engine: Engine
  readonly name: string
  /** The start of all names; images without one have it as a label, and are found by it in the end. */
  readonly run: string
  /** An empty folder. */
  readonly folder: string
  /** What `once` named and filled. */
  readonly shared: { readonly name: string; readonly folder: string }
  /** Adds to what is compared. */
  note(title: string, value: unknown): void
}

export interface Outcome {
  /** What it did and saw, and how it failed. */
  readonly text: string
  readonly failure: { readonly cause: unknown } | undefined
}

/** Plays it to its end, or its failure; no command outlives it. */
export async function perform(
  script: (play: Play) => PromiseLike<unknown>,
  { client, ...stage }: Omit<Play, 'docker' | 'note'> & { readonly client: Client },
  differences: readonly Difference[],
): Promise<Outcome> {
  const { address, name, folder } = stage
  await mkdir(folder)
  const transcript = new Transcript()
  const play: Play = {
    ...stage,
    docker: dockerAt(client.program, environmentFor(address), (command) => transcript.add(command)),
    note: (title, value) => transcript.note(title, value),
  }
  let failure: Outcome['failure']
  try {
    await script(play)
  } catch (cause) {
    failure = { cause }
    play.note('failed', String(cause))
  }
  const text = transcript.text({ [folder]: 'FOLDER', [name]: 'NAME', [address]: 'ADDRESS' }, differences)
  await transcript.close()
  return { text, failure }
}
