/** Linux's numbers, whatever this runs on; the names without SIG. */
const numbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
}

/** A signal by its name. */
export type Signal = string

/** What does not end a process that has no handler. */
const harmless = new Set<Signal>(['CHLD', 'CONT', 'URG', 'WINCH', 'STOP', 'TSTP', 'TTIN', 'TTOU'])

/** `TERM`, `SIGTERM`, `sigterm` or `15`; undefined for what is no signal. */
export function signalOf(text: string): Signal | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '')
  if (name in numbers) return name
  return Object.keys(numbers).find((signal) => numbers[signal] === Number(text))
}

export function numberOf(signal: Signal): number {
  return numbers[signal] ?? 0
}

export function isHarmless(signal: Signal): boolean {
  return harmless.has(signal)
}
