/**
 * What differs between two runs of one command on one engine, and is therefore rewritten before the
 * comparison. This is the whole list: all else must be equal to the byte. Names are chosen by the tests and
 * always shown as NAME; a scenario that needs one of the others says so, and most do not, since they look at
 * an object that was made once.
 */
export interface Difference {
  readonly name: string
  rewrite(text: string): string
}

/**
 * Ids and digests of what a play makes itself: numbered by first appearance, so one that changes on its way
 * is seen.
 */
export const ids: Difference = {
  name: 'ids',
  rewrite(text) {
    const known = new Map<string, number>()
    return text.replaceAll(/\b([0-9a-f]{64}|[0-9a-f]{12})\b/g, (id) => {
      const short = id.slice(0, 12)
      if (!known.has(short)) known.set(short, known.size + 1)
      return `<${id.length === 64 ? 'id' : 'short id'} ${known.get(short)}>`
    })
  },
}

/** Points in time that the engine or the client writes down. */
export const times: Difference = {
  name: 'times',
  rewrite: (text) =>
    text
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d( UTC)?)?/g, '<time>')
      .replaceAll(/"(time|timeNano|SystemTime)":\d+/g, '"$1":<time>'),
}

/** Addresses that the engine's pools hand out. */
export const networkAddresses: Difference = {
  name: 'network addresses',
  rewrite: (text) =>
    text
      .replaceAll(/\b\d+\.\d+\.\d+\.\d+(\/\d+)?\b/g, '<address>')
      .replaceAll(/"IPPrefixLen":\d+/g, '"IPPrefixLen":<length>')
      .replaceAll(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, '<mac>'),
}

/**
 * Counts of what is on an engine that other tests use at the same time, and of its own open files and
 * routines.
 */
export const counts: Difference = {
  name: 'counts',
  rewrite: (text) =>
    text.replaceAll(
      /"?\b(Containers|(?:Containers)?(?:Running|Paused|Stopped)|Images|NFd|NGoroutines|NEventsListener)"?: ?\d+/g,
      '$1: <count>',
    ),
}

/** The runtimes of an engine, which the 20.10 client prints in the order of a Go map. */
export const runtimes: Difference = {
  name: 'runtimes',
  rewrite: (text) =>
    text.replaceAll(
      /^( *Runtimes: )(.*)$/gm,
      (_, label: string, list: string) => label + list.split(' ').toSorted().join(' '),
    ),
}

/**
 * What a client says of a wait, an upload or a size that it gave up itself, when it gets to it before it
 * exits.
 */
export const abandoned: Difference = {
  name: 'abandoned',
  rewrite: (text) =>
    text
      .replaceAll(
        /^time=.* msg="([Ee]rror waiting for container: |Can't (add file|close tar writer)).*\n/gm,
        '',
      )
      .replaceAll(/^failed to resize tty, using default size\r?\n/gm, ''),
}

/**
 * The progress of BuildKit without what is of the moment: it numbers the steps in the order in which they get
 * to run, tells of one that is under way as often as it has time to, and how many bytes of a context it asks
 * for depends on what it kept of an earlier one. The order of what is left depends on the numbers.
 */
export function buildProgress(text: string): string {
  return text
    .replaceAll(/^#\d+ /gm, '')
    .replaceAll(/^\d+\.\d+ /gm, '')
    .replaceAll(/^(sha256:|transferring |\.\.\.|CACHED|DONE).*\n/gm, '')
    .replaceAll(/( \d+(\.\d+)?m?s)?( done)?$/gm, '')
}
