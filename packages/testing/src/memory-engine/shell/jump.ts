/** Leaves a loop, or the shell, from wherever it is said. */
export class Jump extends Error {
  readonly to: 'break' | 'continue' | 'exit'
  /** How many loops it leaves. */
  levels: number

  constructor(to: Jump['to'], levels = 1) {
    super(to)
    this.to = to
    this.levels = levels
  }
}
