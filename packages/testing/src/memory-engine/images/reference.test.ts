import { expect, it } from 'vitest'
import { parseReference } from './reference.js'

const digest = `sha256:${'ab'.repeat(32)}`

it.each([
  ['busybox', 'busybox:latest'],
  ['busybox:1.36', 'busybox:1.36'],
  ['docker.io/library/busybox', 'busybox:latest'],
  ['index.docker.io/team/app:v1', 'team/app:v1'],
  ['localhost:5000/app', 'localhost:5000/app:latest'],
  ['registry.example/a/b_c/d-e:x', 'registry.example/a/b_c/d-e:x'],
  [`busybox@${digest}`, `busybox@${digest}`],
  [`busybox:1@${digest}`, `busybox@${digest}`],
])('%s is %s', (text, name) => {
  expect(parseReference(text).name).toBe(name)
})

it.each(['', 'Upper', 'a b', 'a:', ':tag', 'a@sha256:short', '-a', 'a//b'])('refuses %j', (text) => {
  expect(() => parseReference(text)).toThrow('has an invalid reference format')
})
