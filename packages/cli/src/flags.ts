/** A flag, as `parseArgs` reads it and the help shows it. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  /** Only so that a second one is seen, where one is all that has a meaning. */
  readonly multiple?: true
  readonly short?: string
  /** What stands for the value in the help. */
  readonly value?: string
  readonly text: string
}

/** The flags of a command, by their names. */
export type Flags = Readonly<Record<string, Flag>>

/** As the help and the messages show it: `--listen ADDR`. */
export function flagUsage(name: string, { value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`
}
