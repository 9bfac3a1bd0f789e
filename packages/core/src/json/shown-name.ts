/** A name or place of a body as a message quotes it: a body may have one of megabytes. */
export function shownName(name: string): string {
  return JSON.stringify(name.length > longest ? `${name.slice(0, longest)}…` : name)
}

const longest = 100
