import { expandVariables, setArguments } from '@intermediate/core'

/**
 * The same Dockerfile with the images of FROM, and of COPY --from, under the names that `rename` gives them; all else
 * stays as it is written. What is a stage, `scratch`, or cannot be read is left alone.
 * @param given the build arguments of the call
 */
export async function renameImages(
  dockerfile: string,
  given: Readonly<Record<string, unknown>>,
  rename: (image: string) => Promise<string>,
): Promise<string> {
  const args = new Map<string, string>()
  const stages = new Set(['scratch'])
  let hasFrom = false
  const renamed = async (written: string) => {
    const name = expandVariables(written, args)
    if (stages.has(name.toLowerCase())) return written
    const other = await rename(name)
    return other === name ? written : other
  }
  let made = ''
  for (const instruction of instructionsOf(dockerfile)) {
    const [, before, image, after = ''] = from.exec(instruction) ?? copyFrom.exec(instruction) ?? []
    if (before === undefined || image === undefined) {
      const [, rest] = arg.exec(instruction) ?? []
      if (rest !== undefined && !hasFrom) setArguments(args, rest.trim(), given)
      made += instruction
      continue
    }
    const isFrom = from.test(instruction)
    // Stages are numbered, too.
    made += before + (!isFrom && /^\d+$/.test(image) ? image : await renamed(image)) + after
    hasFrom ||= isFrom
    const [, stage] = isFrom ? (as.exec(after) ?? []) : []
    if (stage !== undefined) stages.add(stage.toLowerCase())
  }
  return made
}

/** White space, also where the instruction goes on in the next line, or behind comments and empty ones. */
const gap = String.raw`(?:[ \t]|[\\${'`'}][ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*)+`
const from = new RegExp(String.raw`^(\s*FROM${gap}(?:--\S+${gap})*)([^\s\\${'`'}]+)(.*)$`, 'is')
const copyFrom = new RegExp(String.raw`^(\s*COPY${gap}(?:--\S+${gap})*?--from=)([^\s$]+)(.*)$`, 'is')
const arg = /^\s*ARG\s+(.*)$/is
const as = new RegExp(String.raw`^${gap}AS${gap}(\S+)`, 'i')

/** Pieces of the text, each with the lines that one instruction goes over; comments in front of it are pieces too. */
function* instructionsOf(dockerfile: string): Generator<string> {
  const [, escape = '\\'] = /^\s*#\s*escape\s*=\s*([\\`])/im.exec(dockerfile) ?? []
  let piece = ''
  for (const line of dockerfile.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    piece += line
    const isComment = /^\s*#/.test(line)
    // Comments and empty lines do not end an instruction that goes on.
    if (piece !== line && (isComment || line.trim() === '')) continue
    if (!isComment && line.trimEnd().endsWith(escape)) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
