/** With RBAC on, every component gets by with the roles that it has from the start. */
import { expect, it } from 'vitest'
import { bootCluster } from '#cluster/cluster.ts'
import { parseCondition } from './look.ts'

it('a whole cluster works under RBAC, and nobody in it is refused anything once the roles are written', () => {
  const world = bootCluster({ seed: 1, nodes: 2, authorization: 'RBAC', controlPlanes: 2 })
  const refused = new Set<string>()
  world.trace = {
    event({ notes, at }) {
      // A server that has only just begun does not know its own roles yet: whoever comes then has to come again.
      if (at < 1_000_000) return
      for (const { kind, detail } of notes)
        if (kind === 'authorization' && !(detail as { allowed: boolean }).allowed)
          refused.add((detail as { user: string }).user)
    },
    command: () => {},
  }
  const ready = parseCondition(['pods-ready', 'k8s-app=kube-dns', '2'])
  expect(world.run({ untilMicros: 60_000_000, until: (now) => now.tick % 50 === 0 && ready(now) })).toBe('condition')
  expect(parseCondition(['nodes-ready', '4'])(world)).toBe(true)
  world.command(world.now, { type: 'powerOff', machine: 'node-2' })
  world.run({ untilMicros: 500_000_000 })
  expect(ready(world)).toBe(true)
  expect([...refused]).toEqual([])
})
