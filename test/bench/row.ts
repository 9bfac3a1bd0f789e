import type { Bench } from './bench.js'
import type { Floor } from './floor.js'
import type { Origins } from './origins/origins.js'
import type { Tool } from './tools.js'

/** How much of a core each was busy with, from 0 to 1. */
export interface Busy {
  readonly proxy: number
  readonly origin: number
  readonly load: number
  /** What others took of the proxy's core meanwhile. */
  readonly others: number
}

/** What one measurement gave, by the key of the line that shows it. */
export interface Sample {
  readonly values: Readonly<Record<string, number>>
  readonly busy?: Busy
}

/** One of those that are compared. */
export interface Contender {
  /** The column that shows it; one that no table has is a baseline. */
  readonly column: string
  sample(seconds: number): Promise<Sample>
}

/** One line of the table. */
export interface Line {
  /** The value of a sample that it shows. */
  readonly key: string
  readonly title: string
  readonly better: 'more' | 'less'
  /** The value with its unit. */
  readonly show: (value: number) => string
  /** The column whose values the others are divided by; undefined: values are shown as they are. */
  readonly base?: string
  /** Taken from the values of the same round: what only a proxy adds. */
  readonly minus?: string
  readonly floors?: readonly Floor[]
}

/** Something to measure, and the lines of the table that come of it. One file each, listed in rows.ts. */
export interface Row {
  /** For --only. */
  readonly name: string
  readonly lines: readonly Line[]
  readonly needs: readonly Tool[]
  /** How many times as many rounds as other rows it takes. @default 1 */
  readonly patience?: number
  /** Each measurement starts its own processes, so a first one for nothing would be in vain. @default false */
  readonly cold?: boolean
  /** Starts what is compared. */
  contenders(bench: Bench, origins: Origins): Promise<Contender[]>
}
