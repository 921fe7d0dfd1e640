/**
 * `loopback`: switches `lo` on in a namespace.
 *
 * What the real one does: sets the link up and reports its addresses.
 * What we model: the same. Our containerd does it itself, as the real one can (`use_internal_loopback`), to spare a process.
 * What we leave out: IPv6.
 * Where to read upstream: containernetworking/plugins `plugins/main/loopback/loopback.go`.
 */
import { isFailure } from '#cluster/linux/syscall.ts'
import type { Next, Stage } from '../cni.ts'
import { cniPlugin } from '../cni.ts'
import { CNI_ERROR, CNI_VERSION, cniError } from '../spec.ts'

const setLink =
  (up: boolean) =>
  (stage: Stage<object>): Next => ({
    syscalls: [
      { call: 'netlink', netns: stage.invocation.env.CNI_NETNS, operations: [{ op: 'setLink', name: 'lo', up }] },
    ],
    then: up ? 'up' : 'down',
  })

export const loopback = cniPlugin<object>({
  name: 'loopback',
  verbs: {
    ADD: setLink(true),
    DEL: (stage) => (stage.invocation.env.CNI_NETNS === '' ? { result: {} } : setLink(false)(stage)),
  },
  stages: {
    up: (stage, [outcome]) => {
      if (isFailure(outcome)) return { error: cniError(CNI_ERROR.internal, outcome.message) }
      const sandbox = stage.invocation.env.CNI_NETNS
      return {
        result: {
          cniVersion: CNI_VERSION,
          interfaces: [{ name: 'lo', mac: '00:00:00:00:00:00', sandbox }],
          ips: [{ interface: 0, address: '127.0.0.1/8' }],
          dns: {},
        },
      }
    },
    // The namespace may be gone: nothing is left to do then.
    down: () => ({ result: {} }),
  },
})
