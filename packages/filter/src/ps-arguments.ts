/**
 * Why `docker top` may not hand these arguments to `ps`; undefined where they show nothing but the container's own
 * processes. They are those of the host's `ps`, which sees all of them: the engine keeps the lines whose field below the
 * title PID is one of the container, so that another column of that title, or a column of several words before it, has
 * it keep lines of others, with their arguments and environments. What it looks at itself, `=PID` behind white space,
 * misses most ways to that.
 *
 * Letters are those that choose processes and formats which `ps` has ready, none of which takes a text or has a column
 * of several words before PID; in a list of columns `pid` is there once, and before it only numbers and a user, whose name
 * may have spaces on some hosts: with nothing between it and PID the engine finds a word there, and fails. `h`, which
 * leaves out the titles, is not among them.
 */
export function psArgumentsRefusal(args: string | undefined): string | undefined {
  // As the engine parts them.
  const words = args ? args.split(' ') : []
  let lists = 0
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (letters.test(word)) continue
    const [, list] = withColumns.exec(word) ?? []
    if (list === undefined || ++lists > 1 || !columns.test(list === '' ? (words.shift() ?? '') : list))
      return `the ps arguments ${JSON.stringify(args)} are not allowed here: allowed are letters as in -ef and aux, and one list of columns with nothing before pid but uid, ppid, pgid, sid, and user right in front of it, as in -eo user,pid,args`
  }
  return undefined
}

/** `-aux` is read as `aux`, unless there is a user named x. */
const letters = /^(?:-[aAcdefFHjlLPTwy]+|-?auxw*|[acefjlrsuvwx]+)$/

const withColumns = /^(?:-[aAcdefHLTw]*|[acerwx]*)o(.*)$/s

const columns = /^(?:(?:uid|ppid|pgid|sid),)*(?:user,)?pid(?:,(?!pid\b)(?:[a-z]+|%cpu|%mem))*$/
