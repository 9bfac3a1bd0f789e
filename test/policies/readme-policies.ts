import type { Layer } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import type { Attempt } from './route-table-calls.js'

const run = (HostConfig: object): Attempt => ({
  line: 'POST /containers/create',
  body: { Image: 'busybox', HostConfig },
})

/** By what is typed in the README: the policy, as it is written there, and the call that the docker CLI makes. */
export const typed: Readonly<Record<string, { readonly policy: Layer; readonly call: Attempt }>> = {
  'docker rm web': {
    policy: filter.readOnly({ archive: true }),
    call: { line: 'DELETE /containers/web' },
  },
  'docker volume ls': {
    policy: filter.allow(['* /_ping', '* /containers/*rest']),
    call: { line: 'GET /volumes' },
  },
  'docker exec web sh': {
    policy: filter.deny(['* /swarm{/*rest}', 'POST /containers/:id/exec']),
    call: { line: 'POST /containers/web/exec', body: { Cmd: ['sh'] } },
  },
  'docker run --privileged busybox': {
    policy: filter.unprivileged({ hostPaths: ['/srv/data'], swarm: true }),
    call: run({ Privileged: true }),
  },
  'docker run --volume /etc:/x busybox': {
    policy: filter.hostPaths(['/srv/data:ro', '/home/ci/**']),
    call: run({ Binds: ['/etc:/x'] }),
  },
  'docker run --pid host busybox': {
    policy: filter.namespaces(['network:container', 'cgroup-parent:/ci']),
    call: run({ PidMode: 'host' }),
  },
  'docker run --cap-add SYS_ADMIN busybox': {
    policy: filter.capabilities(['NET_ADMIN']),
    call: run({ CapAdd: ['SYS_ADMIN'] }),
  },
  'docker run --device /dev/sda busybox': {
    policy: filter.devices(['/dev/fuse', '/dev/kvm:rw', 'gpu', 'c 10:200 rwm']),
    call: run({
      Devices: [{ PathOnHost: '/dev/sda', PathInContainer: '/dev/sda', CgroupPermissions: 'rwm' }],
    }),
  },
  'docker run --security-opt label=disable busybox': {
    policy: filter.securityOptions(['apparmor=web', 'seccomp']),
    call: run({ SecurityOpt: ['label=disable'] }),
  },
  'docker run --sysctl kernel.msgmax=1 busybox': {
    policy: filter.sysctls(['net.core.*']),
    call: run({ Sysctls: { 'kernel.msgmax': '1' } }),
  },
  'docker run --runtime other busybox': {
    policy: filter.runtimes(['runsc', 'annotation:com.example.trace']),
    call: run({ Runtime: 'other' }),
  },
  'docker network create --driver macvlan lan': {
    policy: filter.drivers(['volume:nfs', 'log:syslog']),
    call: { line: 'POST /networks/create', body: { Name: 'lan', Driver: 'macvlan' } },
  },
  'docker pull evil:1': {
    policy: filter.images({ allow: ['busybox', 'reg.example/**'], made: ['ci/*'] }),
    call: { line: 'POST /images/create?fromImage=evil&tag=1' },
  },
  'docker swarm init': {
    policy: filter.owner('ci', { label: 'owner', allow: 'POST /images/create' }),
    call: { line: 'POST /swarm/init', body: {} },
  },
  'docker logs web': {
    policy: filter.owner('ci', { label: 'owner', allow: 'POST /images/create' }),
    call: { line: 'GET /containers/web/logs?stdout=1' },
  },
  'docker ps': {
    policy: filter.owner(({ client }) => client.certificate?.fingerprint256),
    call: { line: 'GET /containers/json' },
  },
}
