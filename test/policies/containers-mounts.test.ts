import { filter } from '@intermediate/filter'
import { describe, it } from 'vitest'
import { create, service, withHostConfig } from './containers-asked.js'
import { container, expectPassed, expectRefused } from './containers.js'

// The swarm fills in Go templates of a mount when a task starts: then the path or volume is another than what was judged.

const services = ['POST /services/create', 'POST /services/web/update?version=3']
const up = String.raw`{{printf "%c%c%cetc" 46 46 47}}`

describe.each(services)('a template in a mount: %s', (line) => {
  const mounting = (mount: object) => service({ Mounts: [{ Target: '/x', ...mount }] })
  const inOptions = (Options: object, Name = '') => ({
    Type: 'volume',
    VolumeOptions: { DriverConfig: { Name, Options } },
  })
  const refused = (template: string) => `the template ${template} in a mount is not allowed here`

  it.each([
    [{ Type: 'bind', Source: `/srv/${up}` }, `/srv/${up}`],
    [{ Type: 'bind', Source: `/srv/${up}`, ReadOnly: true }, `/srv/${up}`],
    [inOptions({ type: 'none', o: 'bind', device: `/srv/${up}` }), `/srv/${up}`],
  ])('%j is refused even below an allowed path', async (mount, template) => {
    const said = startingWith(refused(template))
    await expectRefused(filter.hostPaths(['/**']), line, mounting(mount), said)
    await expectRefused(filter.unprivileged({ hostPaths: ['/**'] }), line, mounting(mount), said)
  })

  it('may not name a volume, of which nobody could look at the driver', async () => {
    const mount = mounting({ Type: 'volume', Source: '{{"shared"}}' })
    await expectRefused(filter.drivers(), line, mount, startingWith(refused('{{"shared"}}')))
    await expectRefused(filter.hostPaths(), line, mount, /the template \{\{"shared"\}\} in a mount is not/)
    await expectRefused(filter.unprivileged(), line, mount, /the template \{\{"shared"\}\} in a mount is not/)
  })

  it('may not stand in the options of an allowed driver, of which any could be another', async () => {
    const mount = mounting(inOptions({ share: '{{.Node.ID}}' }, 'nfs'))
    await expectRefused(
      filter.drivers(['volume:nfs']),
      line,
      mount,
      `${refused('{{.Node.ID}}')}: write out what it stands for`,
    )
  })

  it('may not name an image', async () => {
    const mount = mounting({ Type: 'image', Source: '{{"evil"}}' })
    const policy = filter.images({ allow: ['busybox'] })
    await expectRefused(policy, line, mount, startingWith('the image {{"evil"}} is not allowed here'))
  })

  it('passes in what nobody judges: the target and the environment', async () => {
    const body = service({
      Env: ['NODE={{.Node.Hostname}}'],
      Hostname: 'web-{{.Task.Slot}}',
      Mounts: [{ Type: 'volume', Source: 'data', Target: '/data/{{.Task.Slot}}' }],
    })
    await expectPassed(filter.unprivileged(), line, body)
  })
})

it('a template is judged in what a service goes back to', async () => {
  const Mounts = [{ Type: 'bind', Source: `/srv/${up}`, Target: '/x' }]
  await expectRefused(
    filter.hostPaths(['/srv/**']),
    'POST /services/web/update?version=3&rollback=previous',
    service({}),
    startingWith(`the template /srv/${up} in a mount is not allowed here`),
    { '/services/web': { ID: 's1', PreviousSpec: service({ Mounts }) } },
  )
})

it('a path of a container is no template', async () => {
  await expectPassed(filter.hostPaths(['/srv/**']), create, withHostConfig({ Binds: ['/srv/{{a}}:/x'] }))
})

// mount(2) gets the device of a volume as it is, and follows a link before it goes up; binds the engine cleans first.
describe.each(['/srv/data/link/..', '/srv/data/./x', '/srv//data', '/srv/data/x/../'])(
  'a volume of %s',
  (device) => {
    const policies = [filter.hostPaths(['/**']), filter.unprivileged({ hostPaths: ['/**'] })]
    const options = { type: 'none', o: 'bind', device }
    const hidden = `a volume with type=none and o=bind and device=${device}`
    const message = `${hidden} is not allowed here: allowed is /**`

    it('is refused where it is made, mounted or there', async () => {
      const Mounts = [{ Type: 'volume', Target: '/x', VolumeOptions: { DriverConfig: { Options: options } } }]
      const there = {
        '/volumes/sly': { Name: 'sly', Driver: 'local', Options: options },
        '/containers/web/json': container({ Mounts: [{ Type: 'volume', Name: 'sly', Driver: 'local' }] }),
      }
      for (const policy of policies) {
        await expectRefused(policy, 'POST /volumes/create', { Name: 'v', DriverOpts: options }, message)
        await expectRefused(policy, create, withHostConfig({ Mounts }), message)
        await expectRefused(policy, 'POST /services/create', service({ Mounts }), message)
        await expectRefused(policy, create, withHostConfig({ Binds: ['sly:/x'] }), message, there)
        const exec = ['POST /containers/web/exec', { Cmd: ['id'] }] as const
        await expectRefused(policy, ...exec, `${hidden} of the container web is not allowed here`, there)
      }
    })
  },
)

it.each(['ro,rw', 'rw,ro'])('a volume with o=bind,%s can be written', async (words) => {
  const options = { type: 'none', o: `bind,${words}`, device: '/srv/data' }
  const line = 'POST /volumes/create'
  const body = { Name: 'v', DriverOpts: options }
  await expectRefused(filter.hostPaths(['/srv/data:ro']), line, body, /^the host path \/srv\/data /)
  await expectPassed(filter.hostPaths(['/srv/data']), line, body)
  const readOnly = { Name: 'v', DriverOpts: { ...options, o: 'bind,ro' } }
  await expectPassed(filter.hostPaths(['/srv/data:ro']), line, readOnly)
})

function startingWith(message: string): RegExp {
  return new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`)
}
