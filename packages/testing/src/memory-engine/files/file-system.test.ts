import { describe, expect, it } from 'vitest'
import { extract } from './archive.js'
import { changesIn } from './changes.js'
import { FileError, FileSystem } from './file-system.js'
import { FileSink, FileSource } from './open-files.js'
import { copyOf, file, folder, link, mounted, sizeOf } from './nodes.js'

function sample(): FileSystem {
  const shared = folder({ inside: file('kept') })
  return new FileSystem(
    folder({
      etc: folder({ name: file('box\n'), alias: link('name'), up: link('../tmp') }),
      tmp: folder(),
      loop: link('loop'),
      volume: mounted(shared, false),
      frozen: mounted(shared, true),
    }),
  )
}

describe('finds', () => {
  it.each([
    ['/etc/name', '/etc/name'],
    ['/etc/../etc/./name', '/etc/name'],
    ['/../../etc', '/etc'],
    ['/etc/alias', '/etc/name'],
    ['/etc/up/', '/tmp'],
    ['/', '/'],
    ['/tmp/new', '/tmp/new'],
  ])('%s at %s', (path, found) => {
    expect(sample().find(path).path).toBe(found)
  })

  it('a link itself, where that is asked for', () => {
    expect(sample().get('/etc/alias', { follow: false }).kind).toBe('link')
  })
})

describe('says', () => {
  it.each<[string, string, (files: FileSystem) => unknown]>([
    ['No such file or directory', 'of what is not there', (files) => files.get('/none')],
    ['Not a directory', 'of a file that has nothing in it', (files) => files.get('/etc/name/x')],
    ['Too many levels of symbolic links', 'of a link to itself', (files) => files.get('/loop')],
    ['Is a directory', 'of a folder that is written to', (files) => files.open('/etc')],
    ['Is a directory', 'of a folder that is removed', (files) => files.remove('/etc')],
    ['File exists', 'of a folder that is made twice', (files) => files.makeFolder('/tmp')],
    ['Read-only file system', 'of a mount that is read-only', (files) => files.open('/frozen/x')],
    ['Device or resource busy', 'of a mount that is removed', (files) => files.remove('/volume')],
  ])('"%s" %s', (message, _, act) => {
    expect(() => act(sample())).toThrow(FileError)
    expect(() => act(sample())).toThrow(message)
  })
})

it('what is written to a mount shows in the other place, and is no change of the container', () => {
  const files = sample()
  const untouched = copyOf(files.root)
  files.open('/volume/new')
  expect(files.has('/frozen/new')).toBe(true)
  expect(changesIn(untouched, files.root)).toEqual([])
})

it('tells what changed', () => {
  const files = sample()
  const untouched = copyOf(files.root)
  files.open('/etc/name')
  files.makeFolder('/tmp/a/b', { parents: true })
  files.remove('/etc/alias')
  expect(changesIn(untouched, files.root)).toEqual([
    { Path: '/etc', Kind: 0 },
    { Path: '/etc/name', Kind: 0 },
    { Path: '/etc/alias', Kind: 2 },
    { Path: '/tmp', Kind: 0 },
    { Path: '/tmp/a', Kind: 1 },
    { Path: '/tmp/a/b', Kind: 1 },
  ])
})

it('copies share no writes', async () => {
  const files = sample()
  const copy = new FileSystem(copyOf(files.root))
  const node = copy.get('/etc/name')
  if (node.kind !== 'file') throw new Error('no file')
  await new FileSink(node).write(Buffer.from('more'))
  expect((await new FileSource(node).read())?.toString()).toBe('box\nmore')
  expect(sizeOf(files.get('/etc/name'))).toBe(4)
})

it('nothing in an archive gets out of the folder that it is unpacked into', () => {
  const files = sample()
  const common = { mode: 0o644, uid: 0, gid: 0, mtime: 0 }
  extract(files, '/tmp', { type: 'file', name: '../../escaped', ...common, bytes: Buffer.from('x') })
  expect(files.has('/escaped')).toBe(false)
  expect(files.has('/tmp/escaped')).toBe(true)
})

it('a file replaces a folder only where that is allowed', () => {
  const files = sample()
  const entry = {
    type: 'file',
    name: 'etc',
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    bytes: Buffer.alloc(0),
  } as const
  expect(() => extract(files, '/', entry, { noOverwriteDirNonDir: true })).toThrow(
    'the folder /etc is not replaced by a file',
  )
  extract(files, '/', entry)
  expect(files.get('/etc').kind).toBe('file')
})
