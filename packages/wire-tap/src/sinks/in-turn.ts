/** The last that was begun with each path. */
const turns = new Map<string, Promise<unknown>>()

/** One after the other for each path, or two would take the same file for full and move it twice. */
export async function inTurn(path: string, act: () => Promise<void>): Promise<void> {
  const before = turns.get(path)
  const acting = before === undefined ? act() : before.then(act, act)
  turns.set(path, acting)
  try {
    await acting
  } finally {
    if (turns.get(path) === acting) turns.delete(path)
  }
}
