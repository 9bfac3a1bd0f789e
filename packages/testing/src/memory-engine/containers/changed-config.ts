import { badRequest } from '../engine-error.js'
import type { EngineError } from '../engine-error.js'
import type { ContainerConfig } from './config.js'

type Change = (argument: string) => Partial<ContainerConfig>

/** The instructions of a Dockerfile that `commit` and `import` take with `--change`. */
const changes: Readonly<Record<string, Change>> = {
  CMD: (argument) => ({ Cmd: commandOf(argument) }),
  ENTRYPOINT: (argument) => ({ Entrypoint: commandOf(argument) }),
  USER: (argument) => ({ User: argument }),
  WORKDIR: (argument) => ({ WorkingDir: argument }),
  STOPSIGNAL: (argument) => ({ StopSignal: argument }),
}

/** What the instructions change. @throws 400 for one that is not known */
export function changedConfig(instructions: readonly string[]): Partial<ContainerConfig> {
  const env: string[] = []
  const labels: Record<string, string> = {}
  const config: Partial<ContainerConfig> = {}
  for (const instruction of instructions) {
    const [, name = '', argument = ''] = /^\s*(\w+)\s+(.*)$/s.exec(instruction) ?? []
    const kind = name.toUpperCase()
    const change = changes[kind]
    if (change) Object.assign(config, change(argument))
    else if (kind === 'ENV') env.push(...pairs(argument).map(([key, value]) => `${key}=${value}`))
    else if (kind === 'LABEL') Object.assign(labels, Object.fromEntries(pairs(argument)))
    else throw unknown(instruction)
  }
  if (env.length > 0) config.Env = env
  if (Object.keys(labels).length > 0) config.Labels = labels
  return config
}

/** `a=b c="d e"`, or the older `a b`. */
function pairs(argument: string): [key: string, value: string][] {
  const found = [...argument.matchAll(/([^\s="]+)=(?:"([^"]*)"|(\S*))/g)]
  if (found.length > 0) return found.map(([, key = '', quoted, plain = '']) => [key, quoted ?? plain])
  const [, key, value = ''] = /^(\S+)\s+(.*)$/s.exec(argument) ?? []
  if (key === undefined) throw unknown(argument)
  return [[key, value]]
}

function unknown(instruction: string): EngineError {
  const known = [...Object.keys(changes), 'ENV', 'LABEL'].join(', ')
  return badRequest(`the change ${JSON.stringify(instruction)} is unknown here: there are ${known}`)
}

/** `["sh", "-c"]`, or a line for a shell. */
function commandOf(argument: string): string[] {
  if (!argument.startsWith('[')) return ['/bin/sh', '-c', argument]
  try {
    const words: unknown = JSON.parse(argument)
    if (Array.isArray(words)) return words.map(String)
  } catch {
    // Said below.
  }
  throw badRequest(`${argument} is no list of words in JSON`)
}
