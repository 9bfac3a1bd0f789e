import type { Ask, Item, Topic } from './ask.js'
import { foundContainer } from './found-container.js'
import type { Inquiry } from './inquiry.js'
import { idOf } from './inquiry.js'

/** What is asked for in so many words. */
export function saidOutright(items: readonly Item[]): readonly Ask[] {
  return items.filter((item): item is Ask => 'what' in item)
}

/**
 * What is asked for by naming something that is there: the engine says what it is. What could come of it must be of one
 * of these topics, or nobody is asked.
 */
export async function askedByName(
  items: readonly Item[],
  topics: ReadonlySet<Topic>,
  inquiry: Inquiry,
): Promise<readonly Ask[]> {
  const answers = items.map(async (item) => {
    if ('what' in item || !item.topics.some((topic) => topics.has(topic))) return []
    const found = await answered(item, inquiry)
    return [...saidOutright(found), ...(await askedByName(found, topics, inquiry))]
  })
  return (await Promise.all(answers)).flat()
}

async function answered(item: Exclude<Item, Ask>, inquiry: Inquiry): Promise<readonly Item[]> {
  if (!('container' in item)) return item.answer(inquiry)
  const found = await inquiry.container(item.container)
  item.pin(idOf(found))
  return foundContainer(found, inquiry)
}
