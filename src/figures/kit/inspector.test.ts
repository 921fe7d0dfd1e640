import { describe, expect, it } from 'vitest'
import type { Frame, Inspection, ObjectRef } from '../../simulation/protocol.ts'
import { Inspector, objectKey } from './inspector.ts'
import type { PlayerState } from './player.ts'

const ref = (resource: string, name: string): ObjectRef => ({ resource, kind: resource, namespace: 'default', name, revision: 1 }) // prettier-ignore
const step = (tick: number, part = 0) => ({ event: { tick }, part })

function state(ticks: readonly (readonly [number, number])[], index: number): PlayerState {
  const steps = ticks.map(([tick, part]) => step(tick, part))
  const objects = [ref('nodes', 'node-1'), ref('pods', 'web-1')]
  const frame = { branch: 2, tick: ticks[index]![0], objects } as unknown as Frame
  return { steps, index, frame } as unknown as PlayerState
}

async function asked(inspector: Inspector, at: PlayerState): Promise<Record<string, unknown> | undefined> {
  let body: Record<string, unknown> | undefined
  const client = {
    ask: (_name: string, what: unknown) => (
      (body = what as Record<string, unknown>),
      Promise.resolve({} as Inspection)
    ),
  }
  await inspector.look(client as never, at, 'pods')
  return body
}

describe('the inspector', () => {
  it('opens with the newest object of the kind that the figure prefers, compared with the step before', async () => {
    expect(await asked(new Inspector(), state([[10, 0], [20, 0]], 1))).toEqual({ branch: 2, tick: 20, resource: 'pods', namespace: 'default', name: 'web-1', sinceTick: 10 }) // prettier-ignore
  })

  it('takes the parts of one event for one moment', async () => {
    expect(await asked(new Inspector(), state([[10, 0], [20, 0], [20, 1]], 2))).toMatchObject({ sinceTick: 10 }) // prettier-ignore
  })

  it('compares the first step, and on request every step, with the object’s own revision before', async () => {
    expect(await asked(new Inspector(), state([[10, 0]], 0))).not.toHaveProperty('sinceTick')
    const inspector = new Inspector()
    inspector.since = 'revision'
    expect(await asked(inspector, state([[10, 0], [20, 0]], 1))).not.toHaveProperty('sinceTick') // prettier-ignore
  })

  it('stays with the object that was chosen, though it is no longer in the list', async () => {
    const inspector = new Inspector()
    inspector.key = objectKey({ resource: 'nodes', namespace: '', name: 'node-9' })
    expect(await asked(inspector, state([[10, 0]], 0))).toMatchObject({ resource: 'nodes', namespace: '', name: 'node-9' }) // prettier-ignore
  })
})
