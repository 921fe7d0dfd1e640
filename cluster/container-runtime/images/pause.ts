/**
 * `pause`: the container that holds a sandbox's namespaces open.
 *
 * What the real one does: sleeps, reaps orphans, and exits on SIGTERM.
 * What we model: sleeping and exiting. It makes no system calls, so it has no stream to the kernel.
 * What we leave out: reaping.
 * Where to read upstream: kubernetes/kubernetes `build/pause/linux/pause.c`.
 */
import type { Component } from '#cluster/kernel/component.ts'

export const pause: Component<{ readonly hostname: string }> = {
  name: 'pause',
  init: ({ hostname }) => ({ hostname }),
  step(_, event) {
    if (event.type === 'message' && event.body.type === 'signal') return [{ type: 'exit', code: 0 }]
    if (event.type === 'opened') return [{ type: 'close', stream: event.stream, body: { type: 'alive' } }]
    return []
  },
}
