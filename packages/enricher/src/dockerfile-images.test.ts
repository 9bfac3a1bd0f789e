import { expect, test } from 'vitest'
import { renameImages } from './dockerfile-images.js'

const mirrored = (dockerfile: string, given: Record<string, unknown> = {}) =>
  renameImages(dockerfile, given, (name) =>
    Promise.resolve(/^[a-z]+(:\w+)?$/.test(name) ? `m/${name}` : name),
  )

test.each([
  ['FROM', 'FROM busybox\nRUN true\n', 'FROM m/busybox\nRUN true\n'],
  ['it in lower case', 'from busybox:1', 'from m/busybox:1'],
  [
    'it with a flag and a stage',
    'FROM --platform=linux/amd64 a:1 AS b',
    'FROM --platform=linux/amd64 m/a:1 AS b',
  ],
  [
    'it over several lines',
    'FROM \\\n  # a comment\n  busybox \\\n AS b\n',
    'FROM \\\n  # a comment\n  m/busybox \\\n AS b\n',
  ],
  [
    'it with another escape',
    '# escape=`\nFROM `\n a\nRUN b `\nFROM c\n',
    '# escape=`\nFROM `\n m/a\nRUN b `\nFROM c\n',
  ],
  ['it with line ends of Windows', 'FROM a\r\nRUN b\r\n', 'FROM m/a\r\nRUN b\r\n'],
  ['COPY --from', 'FROM a\nCOPY --chown=1 --from=b /c /d\n', 'FROM m/a\nCOPY --chown=1 --from=m/b /c /d\n'],
  ['each of several', 'FROM a AS x\nFROM b AS y\nFROM c', 'FROM m/a AS x\nFROM m/b AS y\nFROM m/c'],
  ['a variable', 'ARG A=b\nFROM $A', 'ARG A=b\nFROM m/b'],
  ['one of several parts', 'ARG A=b T\nFROM ${A}:${T:-1}', 'ARG A=b T\nFROM m/b:1'],
])('%s takes another name', async (_what, written, made) => {
  expect(await mirrored(written)).toBe(made)
})

test('a build argument counts before what the Dockerfile says', async () => {
  expect(await mirrored('ARG A=b\nFROM $A', { A: 'c' })).toBe('ARG A=b\nFROM m/c')
})

test.each([
  ['a stage', 'FROM r.io/a AS Web\nFROM web\nCOPY --from=WEB /a /b\n'],
  ['the number of one', 'FROM r.io/a\nCOPY --from=0 /a /b\n'],
  ['scratch', 'FROM scratch\n'],
  ['another registry', 'FROM r.io/a\n'],
  ['what goes on from a line before', 'FROM r.io/a\nRUN echo \\\nFROM b\n'],
  ['a comment', '# FROM a\nFROM r.io/b\n'],
  ['an argument behind FROM', 'FROM r.io/a\nARG A=b\nFROM r.io/$A\n'],
  ['nothing', ''],
])('%s stays', async (_what, written) => {
  expect(await mirrored(written)).toBe(written)
})
