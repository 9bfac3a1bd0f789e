import type { Reply } from '@intermediate/core'

/** In ms, for an engine that may be frozen to answer a ping: the docker CLI waits 2 s for its own. */
export const briefly = 1000

/** The reply that comes within so many ms; undefined where none does, and one that comes later is let go of. */
export async function inTime(limit: number, asked: Promise<Reply>): Promise<Reply | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      const drop = (reply: Reply) => void reply.body.on('error', () => {}).destroy()
      asked.then(drop, () => {})
      resolve(undefined)
    }, limit)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}
