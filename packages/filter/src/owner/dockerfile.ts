import { labelLine } from './commit.js'
import { instructions, wordsOf } from './dockerfile-lines.js'
import type { Instruction } from './dockerfile-lines.js'
import { expand } from './dockerfile-variables.js'
import { inspectUsableImage } from './find-image.js'
import { Refused } from './refused.js'
import type { Owner, Visit } from './visit.js'

/**
 * A Dockerfile that does the same, one instruction a line, from the images that were judged, and with the label behind
 * each FROM: so that every step bears it, and nobody's cache has the steps of another.
 * @throws Refused for what is not the owner's, or sets the label
 */
export async function judgeDockerfile(visit: Visit, written: string): Promise<string> {
  const args = new Map<string, string>()
  const stages: string[] = []
  const lines: string[] = []
  for (const instruction of instructions(written)) {
    const { name, rest } = instruction
    if (name === 'FROM') {
      const { base, line, stage } = readFrom(rest, args)
      if (base !== 'scratch' && !stages.includes(base)) await judgeBase(visit, base)
      stages.push(stage)
      lines.push(line, labelLine(visit.owner))
      continue
    }
    if (name === 'ARG' && stages.length === 0) setArgs(args, rest, givenArgs(visit))
    await judge(visit, instruction, stages)
    lines.push(`${name} ${rest}`)
  }
  return `${lines.join('\n')}\n`
}

/** What a base image has the builder do comes from a Dockerfile too. */
async function judgeBase(visit: Visit, name: string): Promise<void> {
  const image = await usableImage(visit, name)
  for (const trigger of image.Config?.OnBuild ?? [])
    for (const instruction of instructions(trigger)) await judge(visit, instruction, [])
}

async function usableImage(visit: Visit, name: string) {
  const image = await inspectUsableImage(visit, name)
  if (image === undefined)
    throw new Refused(404, `No such image: ${name} (a build here takes what was pulled or built before)`)
  return image
}

async function judge(visit: Visit, { name, rest }: Instruction, stages: readonly string[]): Promise<void> {
  if (name === 'LABEL') checkLabel(rest, visit.owner)
  // It is run in a stage that knows no others, in this file or in another.
  if (name === 'ONBUILD') for (const inner of instructions(rest)) await judge(visit, inner, [])
  if (name !== 'COPY') return
  // The engine looks for names of stages among those that are finished, and then for an image.
  const finished = stages.slice(0, -1)
  for (const flag of wordsOf(rest)) {
    if (!flag.startsWith('--')) return
    if (/["'\\$]/.test(flag))
      throw new Refused(403, `COPY ${flag} is not allowed here: write it without quotes and variables`)
    const [option, from = ''] = split(flag)
    const isStage =
      finished.includes(from.toLowerCase()) || (/^\d+$/.test(from) && Number(from) < finished.length)
    if (option === '--from' && !isStage) await usableImage(visit, from)
  }
}

/** The key of the label, however it is quoted; what a variable makes of a key is not known. */
function checkLabel(rest: string, { label }: Owner): void {
  const plain = rest.replaceAll(/["'\\]/g, '')
  const [first = ''] = wordsOf(plain)
  if (
    plain.includes(label) ||
    /(^|\s)[^\s=]*\$[^\s=]*=/.test(plain) ||
    (!first.includes('=') && first.includes('$'))
  )
    throw new Refused(403, `LABEL ${rest} is not allowed here: leave out ${label}, and variables in keys`)
}

function readFrom(rest: string, args: ReadonlyMap<string, string>) {
  const words = wordsOf(rest).map((word) => expand(word, args))
  const flags = words.filter((word) => word.startsWith('--'))
  const [base, as, stage = '', ...more] = words.slice(flags.length)
  const isWhole =
    base !== undefined &&
    (as === undefined || (as.toLowerCase() === 'as' && stage !== '')) &&
    more.length === 0
  if (
    !isWhole ||
    flags.some((flag, at) => flag !== words[at]) ||
    words.some((word) => /[\s"'\\$]/.test(word))
  )
    throw new Refused(403, `FROM ${rest} is not allowed here: write it as FROM image AS stage`)
  return { base, stage: stage.toLowerCase(), line: `FROM ${words.join(' ')}` }
}

/** Those before the first FROM are for FROM; a build argument counts where there is an ARG of its name. */
function setArgs(args: Map<string, string>, rest: string, given: Readonly<Record<string, unknown>>): void {
  for (const word of wordsOf(rest)) {
    const [name, value] = split(word)
    const said = given[name]
    if (typeof said === 'string') args.set(name, said)
    else if (value !== undefined) args.set(name, expand(value.replace(/^(["'])(.*)\1$/, '$2'), args))
  }
}

function givenArgs({ query }: Visit): Readonly<Record<string, unknown>> {
  if (!query['buildargs']) return {}
  try {
    return { ...(JSON.parse(query['buildargs']) as Record<string, unknown> | null) }
  } catch {
    throw new Refused(400, 'buildargs has to be an object in JSON.')
  }
}

function split(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}
