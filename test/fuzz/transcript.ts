/** What a reader took of a connection's bytes, told of ours and of Node's in the same words. */
export interface Transcript {
  readonly messages: readonly Message[]
  /** Why it refused what follows; undefined if it did not, and waits for more. */
  readonly refusal: string | undefined
  /** What it refused, as it was sent: all that follows the messages. Known of ours only. */
  readonly rest?: string
}

export interface Message {
  /** The method, the target and the version; of a reply, the method that it replies to, the status and the version. */
  readonly start: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** What was taken of the body, without its framing, as latin1. */
  content: string
  /** The end of the body was reached. */
  whole: boolean
  /** Another message may follow on this connection. */
  readonly persistent: boolean
  /** The head as it was sent. Known of ours only. */
  readonly written?: string
}

/** Where two transcripts part. */
export interface Difference {
  /** Who took a message, or more of it than the other; both, if they took it for different things. */
  readonly taker: 'node' | 'ours' | 'both'
  /** What the other one says to it; or what both read differently. */
  readonly says: string
  /** The message as the taker read it; as ours did, if both took it. */
  readonly message: Message
  /** Its head as it was sent, and maybe what follows. */
  readonly written: string
}

/**
 * The first difference between two transcripts; undefined if both read the same as far as both read.
 * That ours refuses a head later than Node, when more of it has come, is none: nothing goes on before it is complete.
 */
export function difference(ours: Transcript, node: Transcript): Difference | undefined {
  for (let index = 0; ; index++) {
    const our = ours.messages[index]
    const their = node.messages[index]
    const part = (taker: Difference['taker'], message: Message, says: string | undefined): Difference => {
      const written = our?.written ?? ours.rest ?? ''
      return { taker, message, says: says ?? 'waits for more', written }
    }
    if (our === undefined) return their && part('node', their, ours.refusal)
    if (their === undefined) return part('ours', our, node.refusal)
    const unlike = unlikeness(our, their, ours.refusal === undefined && node.refusal === undefined)
    if (unlike !== undefined) return part('both', our, unlike)
    if (our.whole && !their.whole) return part('ours', our, node.refusal)
    if (their.whole && !our.whole) return part('node', their, ours.refusal)
    // What comes of a body goes on at once, so a refusal that is late has let something pass.
    if (!our.whole && node.refusal !== undefined && ours.refusal === undefined)
      return part('ours', our, node.refusal)
    if (!our.whole || !our.persistent) return undefined
  }
}

/** What is not alike in two messages; of bodies that are cut off, `exactly` or as far as the shorter one goes. */
function unlikeness(our: Message, their: Message, exactly: boolean): string | undefined {
  if (our.start !== their.start) return `the start as "${our.start}" and "${their.start}"`
  if (JSON.stringify(our.fields) !== JSON.stringify(their.fields)) return 'the fields'
  if (our.persistent !== their.persistent) return our.persistent ? 'that ours goes on' : 'that node goes on'
  const isWhole = our.whole && their.whole
  const begins = our.content.startsWith(their.content) || their.content.startsWith(our.content)
  return our.content === their.content || (begins && !isWhole && !exactly) ? undefined : 'the content'
}

/** The values of a field, by its name in lower case. */
export function values({ fields }: Message, name: string): string[] {
  return fields.filter(([fieldName]) => fieldName.toLowerCase() === name).map(([, value]) => value)
}
