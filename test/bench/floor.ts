import { median, ratios } from './statistics.js'

/** The values of a line by column, one for each round. */
export type Columns = ReadonlyMap<string, readonly number[]>

/** What `intermediate` must hold. */
export interface Floor {
  readonly text: string
  /** Undefined where the one that it is compared with was not measured. */
  holds(columns: Columns): boolean | undefined
}

export const ours = 'intermediate'

export function atLeast(factor: number, column: string): Floor {
  return {
    text: `≥ ${factor} × ${column}`,
    holds: (columns) => compare(columns, column, (ratio) => ratio >= factor),
  }
}

export function atMost(factor: number, column: string): Floor {
  return {
    text: `≤ ${factor} × ${column}`,
    holds: (columns) => compare(columns, column, (ratio) => ratio <= factor),
  }
}

/** In the unit of the line's values, which `text` shows. */
export function below(limit: number, text: string): Floor {
  return {
    text: `≤ ${text}`,
    holds: (columns) => {
      const values = columns.get(ours)
      return values && median(values) <= limit
    },
  }
}

function compare(columns: Columns, column: string, holds: (ratio: number) => boolean): boolean | undefined {
  const over = columns.get(ours)
  const under = columns.get(column)
  return over && under && holds(median(ratios(over, under)))
}
