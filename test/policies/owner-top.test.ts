import { memoryEngine } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { twoOwners } from './owner-clients.js'

it.each(['-eovsz=PID -o pid,args', '-o args,pid', 'axh', '--format vsz=PID,pid,args'])(
  'shows the processes of one’s own containers only, whatever ps could: %s',
  async (args) => {
    await using engine = await memoryEngine({ images: ['busybox:latest'] })
    await using owners = await twoOwners(engine.address)
    await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest', Cmd: ['sleep', '9'] })
    await owners.a('POST /containers/web/start')
    const answer = await owners.a(`GET /containers/web/top?ps_args=${encodeURIComponent(args)}`)
    expect([answer.status, answer.json]).toEqual([
      403,
      {
        message: `the ps arguments ${JSON.stringify(args)} are not allowed here: allowed are letters as in -ef and aux, and one list of columns with nothing before pid but uid, ppid, pgid, sid, and user right in front of it, as in -eo user,pid,args`,
      },
    ])
    expect(engine.calls.filter(({ endpoint }) => endpoint === 'GET /containers/:id/top')).toEqual([])
    for (const usual of ['', '?ps_args=aux', '?ps_args=-o+pid,args', '?ps_args=-o+user,pid,args'])
      expect([usual, (await owners.a(`GET /containers/web/top${usual}`)).status]).toEqual([usual, 200])
    expect((await owners.b('GET /containers/web/top')).status).toBe(404)
  },
)
