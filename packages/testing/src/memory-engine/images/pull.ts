import type { Exchange } from '../http/exchange.js'
import { digestOf } from '../ids.js'
import { parseReference } from './reference.js'

/** `POST /images/create?fromImage=`: the registry has every image, with one layer. */
export async function pullImage(exchange: Exchange): Promise<void> {
  const { engine, query } = exchange
  const [from = '', tag] = [query.text('fromImage'), query.text('tag')]
  const suffix = tag === undefined ? '' : tag.includes(':') ? `@${tag}` : `:${tag}`
  const { name, repository, tag: ownTag, digest } = parseReference(from + suffix)
  const { image, isNew } = engine.images.pull(name)
  exchange.begin(200, { 'Content-Type': 'application/json' })
  const say = (line: object) => exchange.write(`${JSON.stringify(line)}\r\n`)
  const layer = image.id.slice('sha256:'.length, 'sha256:'.length + 12)
  const size = Math.max(1, image.size)
  const progress = (current: number) => ({ progressDetail: { current, total: size }, id: layer })
  await say({
    status: `Pulling from ${repository.includes('/') ? repository : `library/${repository}`}`,
    id: ownTag ?? digest,
  })
  if (isNew) {
    await say({ status: 'Pulling fs layer', progressDetail: {}, id: layer })
    await say({ status: 'Downloading', progress: bar(0.5), ...progress(Math.ceil(size / 2)) })
    await say({ status: 'Download complete', progressDetail: {}, id: layer })
    await say({ status: 'Extracting', progress: bar(1), ...progress(size) })
    await say({ status: 'Pull complete', progressDetail: {}, id: layer })
  }
  await say({ status: `Digest: ${digest ?? digestOf(`manifest of ${name}`)}` })
  await say({ status: `Status: ${isNew ? 'Downloaded newer image for' : 'Image is up to date for'} ${name}` })
  exchange.response.end()
}

function bar(share: number): string {
  const done = Math.round(share * 50)
  return `[${'='.repeat(Math.max(0, done - 1))}>${' '.repeat(50 - done)}]`
}
