/** A command that the image does not have: how the container ended, that it is tried again with ever longer pauses, and what is told. */
import { expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectOf, objectsOf } from '#cluster/scenarios/look.ts'

const WHY = 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown' // prettier-ignore

function withPod(restartPolicy: string): World {
  const world = bootCluster({ seed: 1, nodes: 1, chain: 'full', dns: false })
  const stdin = `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {restartPolicy: ${restartPolicy}, containers: [{name: c, image: busybox, command: [nosuch]}]}}`
  const body = { type: 'kubectl', id: 1, args: ['apply', '-f', '-'], stdin } as const
  world.command(8_000_000, { type: 'tell', process: KUBECTL, body })
  return world
}

const statusOf = (world: World): any => (objectOf(world, 'pods', 'default/p') as any)?.status
const reached = (world: World, what: (status: any) => boolean): void => {
  expect(world.run({ untilMicros: world.now + 60e6, until: () => what(statusOf(world) ?? {}) })).toBe('condition')
}

it('one that is not to run again has failed, and says how', () => {
  const world = withPod('Never')
  reached(world, ({ phase }) => phase === 'Failed')
  expect(statusOf(world).containerStatuses[0]).toMatchObject({
    restartCount: 0,
    state: { terminated: { reason: 'StartError', exitCode: 128, message: WHY, startedAt: '1970-01-01T00:00:00Z' } },
  })
})

it('one that is, is: at once, and then after longer and longer', () => {
  const world = withPod('Always')
  reached(world, ({ containerStatuses: [one] = [] }) => one?.state.waiting?.reason === 'RunContainerError')
  expect(statusOf(world).containerStatuses[0].state.waiting.message).toBe(WHY)
  reached(world, ({ containerStatuses: [one] }) => one.state.waiting?.reason === 'CrashLoopBackOff')
  expect(statusOf(world).containerStatuses[0].lastState.terminated).toMatchObject({ reason: 'StartError', exitCode: 128 }) // prettier-ignore
  reached(world, ({ containerStatuses: [one] }) => one.restartCount === 3)
  const told = objectsOf<any>(world, 'events').filter(({ reason }) => reason === 'Failed')
  expect(told.map(({ message }) => message)).toEqual([`Error: ${WHY}`])
})
