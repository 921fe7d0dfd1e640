/** Which object is inspected, what it is compared with, and what the simulation says of it. */
import type { Inspection, ObjectKey } from '../../simulation/protocol.ts'
import type { SimulationClient } from '../../simulation/simulation-client.ts'
import type { PlayerState } from './player.ts'

/** What the object at hand is compared with. */
export type Since = 'step' | 'revision'

/** `pods/default/web-1`; the namespace is empty for what has none. */
export const objectKey = ({ resource, namespace, name }: ObjectKey): string => `${resource}/${namespace}/${name}`

function parseKey(key: string): ObjectKey {
  const [resource = '', namespace = '', ...name] = key.split('/')
  return { resource, namespace, name: name.join('/') }
}

export class Inspector {
  since: Since = 'step'
  /** The object that was chosen; undefined: the newest of the resource that the figure prefers. */
  key: string | undefined
  inspection: Inspection | undefined

  /** Asks the simulation for the object as it is at the step that is shown. */
  async look(client: Pick<SimulationClient, 'ask'>, state: PlayerState, prefers: string): Promise<void> {
    const { objects, branch, tick } = state.frame
    const newest = objects.find(({ resource }) => resource === prefers) ?? objects[0]
    const chosen = this.key === undefined ? newest : parseKey(this.key)
    if (!chosen) return void (this.inspection = undefined)
    const { resource, namespace, name } = chosen
    const sinceTick = this.since === 'step' ? tickBefore(state) : undefined
    const asked = { branch, tick, resource, namespace, name, ...(sinceTick !== undefined && { sinceTick }) }
    this.inspection = await client.ask('inspect', asked)
  }
}

/** The moment of the step before; parts of one event are one moment. */
function tickBefore({ steps, index, frame }: PlayerState): number | undefined {
  for (let i = index - 1; i >= 0; i--) if (steps[i]!.event.tick < frame.tick) return steps[i]!.event.tick
  return undefined
}
