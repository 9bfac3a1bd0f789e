import type { api } from '@intermediate/core'
import { expandVariables, setArguments } from '@intermediate/core'
import { labelLine } from './commit.js'
import type { Flag, Instruction } from './dockerfile-instructions.js'
import { instructions, lineOf } from './dockerfile-instructions.js'
import { wordsOf } from './dockerfile-lines.js'
import { inspectUsableImage } from './find-image.js'
import { asObject, parsed } from './go-values.js'
import { hasDigest } from './image-names.js'
import { bears } from './labels.js'
import { Refused } from './refused.js'
import type { Owner, Visit } from './visit.js'

/**
 * A Dockerfile that does the same, one instruction a line, from the images that were judged, by their ids: a build can
 * take as long as its owner likes until it looks for one, and a name can be another's image by then. The label is behind
 * each FROM, so that every step bears it, and nobody's cache has the steps of another.
 * @throws Refused for what is not the owner's, sets the label, or is not known
 */
export async function judgeDockerfile(visit: Visit, written: string): Promise<string> {
  const args = new Map<string, string>()
  const stages: string[] = []
  const lines: string[] = []
  for (const instruction of instructions(written)) {
    const { name, rest } = instruction
    if (name === 'FROM') {
      const { base, as, stage } = readFrom(instruction, args)
      const isKnown = base === 'scratch' || stages.includes(base.toLowerCase())
      const from = isKnown ? base : await judgeBase(visit, base)
      stages.push(stage)
      lines.push(lineOf({ ...instruction, rest: from + as }), labelLine(visit.owner))
      continue
    }
    if (name === 'ARG' && stages.length === 0) setArguments(args, rest, givenArgs(visit))
    // The engine looks for names of stages among those that are finished, and then for an image.
    lines.push(await judged(visit, instruction, stages.slice(0, -1)))
  }
  return `${lines.join('\n')}\n`
}

/** The id of an image to build from. What it has the builder do comes from a Dockerfile too. */
async function judgeBase(visit: Visit, name: string): Promise<string> {
  const image = await usableImage(visit, name)
  for (const trigger of image.Config?.OnBuild ?? []) await judgeTrigger(visit, name, image, trigger)
  return image.Id ?? name
}

/** It is run as it stands in the image, in front of the label. @throws Refused for what a label would be needed for */
async function judgeTrigger(
  visit: Visit,
  base: string,
  image: api.ImageInspect,
  trigger: string,
): Promise<void> {
  const isOwn = bears(image.Config?.Labels, visit.owner)
  const [instruction, ...more] = instructions(trigger)
  const isPlain =
    instruction !== undefined && more.length === 0 && /^[A-Za-z][^\n]*[^\\`\s]\s*$/.test(trigger)
  // The cache has what the command did wherever it was run, on whoever's network.
  const isShared = instruction?.name === 'RUN' && !isOwn
  const named = instruction?.flags.find(({ name, value }) => name === 'from' && !hasDigest(value))
  if (!isPlain || isShared || named !== undefined)
    throw new Refused(
      403,
      `FROM ${base} is not allowed here: its ONBUILD ${JSON.stringify(trigger)} is run before a label can say whose build it is`,
    )
  await judged(visit, instruction, [])
}

async function usableImage(visit: Visit, name: string): Promise<api.ImageInspect> {
  const image = await inspectUsableImage(visit, name)
  if (image === undefined)
    throw new Refused(404, `No such image: ${name} (a build here takes what was pulled or built before)`)
  return image
}

/** The line that does what an instruction does, of images that were judged. */
async function judged(visit: Visit, instruction: Instruction, finished: readonly string[]): Promise<string> {
  const { name, flags, rest } = instruction
  if (name === 'LABEL') checkLabel(rest, visit.owner)
  if (name === 'ONBUILD') return lineOf({ ...instruction, rest: await judgedLater(visit, rest) })
  if (name !== 'COPY') return lineOf(instruction)
  const pinned: Flag[] = []
  for (const flag of flags) pinned.push(flag.name === 'from' ? await pinnedFrom(visit, flag, finished) : flag)
  return lineOf({ ...instruction, flags: pinned })
}

/** It is run in a stage that knows no others, in this file or in another. */
async function judgedLater(visit: Visit, rest: string): Promise<string> {
  const [instruction, ...more] = instructions(rest)
  if (instruction === undefined || more.length > 0)
    throw new Refused(403, `ONBUILD ${rest} is not allowed here: write it with one instruction`)
  return judged(visit, instruction, [])
}

async function pinnedFrom(visit: Visit, flag: Flag, finished: readonly string[]): Promise<Flag> {
  const { value } = flag
  const isStage =
    finished.includes(value.toLowerCase()) || (/^\d+$/.test(value) && Number(value) < finished.length)
  return isStage ? flag : { ...flag, value: (await usableImage(visit, value)).Id ?? value }
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

function readFrom({ rest }: Instruction, args: ReadonlyMap<string, string>) {
  const words = wordsOf(rest).map((word) => expandVariables(word, args))
  const [base, as, stage = '', ...more] = words
  const isWhole =
    base !== undefined &&
    base !== '' &&
    (as === undefined || (as.toLowerCase() === 'as' && /^[a-z][a-z0-9-_.]*$/i.test(stage))) &&
    more.length === 0
  if (!isWhole || words.some((word) => word.startsWith('--') || /[\s"'\\$]/.test(word)))
    throw new Refused(403, `FROM ${rest} is not allowed here: write it as FROM image AS stage`)
  return { base, as: as === undefined ? '' : ` ${as} ${stage}`, stage: stage.toLowerCase() }
}

function givenArgs({ query }: Visit): Readonly<Record<string, unknown>> {
  const wrong = 'buildargs has to be an object in JSON.'
  return query['buildargs'] ? (asObject(parsed(query['buildargs'], wrong), 'buildargs') ?? {}) : {}
}
