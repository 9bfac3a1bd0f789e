import { notRead, wholeLines } from './dockerfile-lines.js'

export interface Instruction {
  /** In upper case. */
  readonly name: string
  /** Those that it begins with: `--from=build`. */
  readonly flags: readonly Flag[]
  /** What follows, on one line. */
  readonly rest: string
}

export interface Flag {
  readonly name: string
  readonly value: string
}

/** What the engine's own builder has, with the flags that it takes. Others are BuildKit's, or not known yet. */
const known: Readonly<Record<string, readonly string[]>> = {
  ADD: ['chown'],
  ARG: [],
  CMD: [],
  COPY: ['chown', 'from'],
  ENTRYPOINT: [],
  ENV: [],
  EXPOSE: [],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'retries', 'start-interval', 'start-period', 'timeout'],
  LABEL: [],
  MAINTAINER: [],
  ONBUILD: [],
  RUN: [],
  SHELL: [],
  STOPSIGNAL: [],
  USER: [],
  VOLUME: [],
  WORKDIR: [],
}

/**
 * The instructions of a Dockerfile, each of a kind that is known and with flags that are.
 * @throws Refused 403 for any other, for heredocs, and as `wholeLines`
 */
export function* instructions(written: string): Generator<Instruction> {
  for (const line of wholeLines(written)) yield instructionOf(line)
}

/** As it is read here, in one line. */
export function lineOf({ name, flags, rest }: Instruction): string {
  return [name, ...flags.map((flag) => `--${flag.name}=${flag.value}`), rest].join(' ')
}

function instructionOf(line: string): Instruction {
  const [, word = '', given = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? []
  const name = /^[A-Za-z]+$/.test(word) ? word.toUpperCase() : ''
  const allowed = Object.hasOwn(known, name) ? known[name] : undefined
  if (allowed === undefined)
    throw notRead(line, `with the instructions of the engine’s own builder: ${Object.keys(known).join(', ')}`)
  // One in quotes is none, but which quotes count there is not the same in all engines.
  if (heredocs.has(name) && given.includes('<<')) throw notRead(line, 'without << and heredocs')
  const flags: Flag[] = []
  let rest = given
  for (let [whole, flag = ''] = next(rest); flag.startsWith('--'); [whole, flag = ''] = next(rest)) {
    flags.push(flagOf(line, name, flag, allowed))
    rest = rest.slice(whole.length)
  }
  return { name, flags, rest }
}

/** Where a heredoc can stand; what an ONBUILD holds is read by itself. */
const heredocs: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN'])

function next(rest: string): readonly [whole: string, word?: string] {
  const found = /^(\S+)\s*/.exec(rest)
  return found === null ? [''] : [found[0], found[1]!]
}

function flagOf(line: string, instruction: string, word: string, allowed: readonly string[]): Flag {
  const [, name = '', value] = /^--([a-z-]*)=([^"'\\$]*)$/.exec(word) ?? []
  if (allowed.length === 0)
    throw notRead(line, `without flags: the engine’s own builder has none of ${instruction}`)
  if (value === undefined || !allowed.includes(name))
    throw notRead(
      line,
      `with flags of ${instruction} as ${allowed.map((each) => `--${each}=value`).join(', ')}, without quotes and variables`,
    )
  return { name, value }
}
