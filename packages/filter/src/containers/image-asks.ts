import type { Item } from './ask.js'
import { made } from './build-asks.js'
import type { AnyCall } from './routes.js'

/** `POST /images/create`: a pull, of every tag where none is named, or an import under a name. */
export function imageCreateAsks({ query }: AnyCall): readonly Item[] {
  const { fromImage = '', repo = '', tag = '' } = query
  if (fromImage === '') return madeOf('an archive', repo, tag)
  const name = nameWith(fromImage, tag)
  return [{ topic: 'image', name, what: `the image ${name}`, use: 'pull' }]
}

/** `POST /commit`: an image of what is in a container now. */
export function commitAsks({ query }: AnyCall): readonly Item[] {
  return madeOf('a container', query.repo ?? '', query.tag ?? '')
}

function madeOf(source: string, repo: string, tag: string): readonly Item[] {
  const build: Item = { topic: 'image', name: '', what: `to make an image of ${source}`, use: 'build' }
  return repo === '' ? [build] : [build, made(nameWith(repo, tag))]
}

export function loadAsks(): readonly Item[] {
  return [{ topic: 'image', name: '', what: 'to load images, whose names nobody here can see,', use: 'load' }]
}

/** Another name for an image that one may use oneself. */
export function tagAsks({ params, query }: AnyCall): readonly Item[] {
  const { repo = '', tag = '' } = query
  const target = nameWith(repo, tag)
  const source = params.name!
  return [
    { topic: 'image', name: source, what: `the image ${source}` },
    { topic: 'image', name: target, what: `to name an image ${target}`, use: 'tag', source },
  ]
}

export function pushAsks({ params, query }: AnyCall): readonly Item[] {
  const name = nameWith(params.name!, query.tag ?? '')
  return [{ topic: 'image', name, what: `the image ${name}` }]
}

/** A tag of its own replaces that of the name, as in the engine; one that is a digest stands for just that. */
function nameWith(name: string, tag: string): string {
  if (tag === '' || name === '') return name
  const bare = name.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
  return tag.includes(':') ? `${bare}@${tag}` : `${bare}:${tag}`
}
