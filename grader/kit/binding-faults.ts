/**
 * What can go wrong with a scheduler's request to bind: the answer is lost although the Pod was bound, the request is lost
 * before it arrives, or somebody else binds the Pod a moment before, so that the API server answers 409.
 *
 * Nothing is made up: the requests are sent, or not, and the answers are the API server's own.
 */
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Binding } from '#cluster/api/types.ts'
import type { Context, Effect, Event, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

export interface BindingFault {
  /** Which of its bindings, from 1, in each life of the scheduler. */
  readonly nth: number
  readonly do: 'answer-lost' | 'request-lost' | 'beaten'
  /** For `beaten`: where the other one puts it. */
  readonly node?: string
}

export interface BindingFaultState {
  sent: number
  /** Streams whose answer is lost. */
  readonly mute: Table<StreamId, true>
}

export const newBindingFaults = (): BindingFaultState => ({ sent: 0, mute: new Table() })

/** How long a client waits for an answer that does not come. */
const LOST_MICROS = 200_000

/** A step of a scheduler some of whose bindings go wrong. */
export function withBindingFaults(
  state: BindingFaultState,
  faults: readonly BindingFault[],
  event: Event,
  ctx: Context,
  step: (event: Event) => Effect[],
): Effect[] {
  if (event.type === 'timer' && event.key.startsWith('lost/'))
    return strike(state, faults, ctx, step({ type: 'closed', stream: Number(event.key.slice(5)), reason: 'timeout' }))
  if (event.type === 'closed' && state.mute.has(event.stream)) {
    state.mute.delete(event.stream)
    return [{ type: 'wake', key: `lost/${event.stream}`, after: LOST_MICROS }]
  }
  return strike(state, faults, ctx, step(event))
}

function strike(
  state: BindingFaultState,
  faults: readonly BindingFault[],
  ctx: Context,
  effects: readonly Effect[],
): Effect[] {
  return effects.flatMap((effect): Effect[] => {
    if (effect.type !== 'open' || !(effect.body as HttpRequest).path?.endsWith('/binding')) return [effect]
    const fault = faults.find(({ nth }) => nth === state.sent + 1)
    state.sent++
    if (!fault) return [effect]
    ctx.note('bindingFault', fault)
    if (fault.do === 'request-lost') return [{ type: 'wake', key: `lost/${effect.stream}`, after: LOST_MICROS }]
    if (fault.do === 'answer-lost') {
      state.mute.set(effect.stream, true)
      return [effect]
    }
    const request = effect.body as HttpRequest
    const binding = request.body as Binding
    const elsewhere = { ...binding, target: { ...binding.target, name: fault.node ?? binding.target.name } }
    const user = { ...request.user, name: 'system:other-scheduler' }
    return [{ ...effect, stream: ctx.id(), body: { ...request, user, body: elsewhere } as HttpRequest }, effect]
  })
}
