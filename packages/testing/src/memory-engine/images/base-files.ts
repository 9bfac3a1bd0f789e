import { programs } from '../commands/programs.js'
import { device, file, folder } from '../files/nodes.js'
import type { FolderNode } from '../files/nodes.js'

/** What is in every image that comes from nowhere: the built-in commands, and what they expect around them. */
export function baseFiles(): FolderNode {
  const commands = [...programs.keys()].map(
    (name) => [name, file(`#!built-in ${name}\n`, { mode: 0o755 })] as const,
  )
  return folder({
    bin: folder(Object.fromEntries(commands)),
    etc: folder({
      group: file('root:x:0:\n'),
      passwd: file('root:x:0:0:root:/root:/bin/sh\n'),
    }),
    home: folder(),
    root: folder({}, 0o700),
    tmp: folder({}, 0o1777),
    usr: folder(),
    var: folder(),
  })
}

/** What the engine adds to the tree of each container, and what `docker diff` does not show. */
export function addEngineFiles(
  root: FolderNode,
  { hostname, hosts }: { hostname: string; hosts: string },
): void {
  const etc = root.entries.get('etc')
  const into = etc?.kind === 'folder' ? etc : folder()
  root.entries.set('etc', into)
  into.entries.set('hostname', file(`${hostname}\n`))
  into.entries.set('hosts', file(hosts))
  into.entries.set('resolv.conf', file('nameserver 127.0.0.11\n'))
  const devices = (['null', 'tty', 'urandom', 'zero'] as const).map((name) => [name, device(name)] as const)
  root.entries.set('dev', folder(Object.fromEntries(devices)))
  for (const name of ['proc', 'sys']) root.entries.set(name, folder({}, 0o555))
}
