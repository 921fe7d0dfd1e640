/**
 * The binding half of a learner's scheduler plugin, hosted: reserve, permit, unreserve and postBind.
 *
 * What a plugin may ask of its handle is sent along with each call, and what it tells the scheduler to do (allow, reject)
 * comes back with the answer: a call is one step, and whatever it sets going happens after it.
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { GuestShape } from './guest-shape.ts'
import { pluginParts } from './plugin-parts.ts'
import type { Status } from './scheduler-guest.ts'
import type { Trial } from './trial.ts'

export interface PodGroup {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly minMember: number; readonly scheduleTimeoutSeconds: number }
}

export const GANG_LABEL = 'scheduling.x-k8s.io/pod-group'

export type BindingPoint = 'reserve' | 'permit' | 'unreserve' | 'postBind'

/** What the handle can tell. */
export interface Known {
  readonly groups: readonly PodGroup[]
  readonly bound: readonly Pod[]
}

export interface BindingAnswer {
  readonly status: Status
  /** How long a Pod that is to wait may, if that was said. */
  readonly timeoutMs?: number
  /** What the handle was told to do, in order; Pods by their uid. */
  readonly told: readonly { readonly uid: string; readonly allow: boolean; readonly reason?: string }[]
}

const adapter = `${pluginParts}${String.raw`
export default (learner, tools) => {
  const plugin = typeof learner === 'function' ? new learner() : learner
  const statusOf = statusReader(tools)
  const states = new Map()
  const LABEL = '${GANG_LABEL}'

  function handleOf({ groups, bound }, told) {
    const uidOf = (pod, who) => {
      const uid = pod?.metadata?.uid
      if (typeof uid !== 'string') tools.wrongType('handle.' + who + ' wants a Pod: the object that a function of yours was given.')
      return uid
    }
    return Object.freeze({
      podGroup: (pod) =>
        groups.find(({ metadata }) => metadata.namespace === pod.metadata.namespace && metadata.name === pod.metadata.labels?.[LABEL]),
      boundPods: () => bound,
      allow: (pod) => { told.push({ uid: uidOf(pod, 'allow'), allow: true }) },
      reject: (pod, reason) => { told.push({ uid: uidOf(pod, 'reject'), allow: false, reason: String(reason ?? '') }) },
    })
  }

  // A Pod's state is that of one attempt: from reserve until it is bound or given back.
  return {
    call(point, pod, nodeName, known) {
      if (typeof plugin[point] !== 'function') tools.notAFunction('The default export has no function "' + point + '".')
      const { uid, name } = pod.metadata
      if (point === 'reserve' || !states.has(uid)) states.set(uid, cycleState())
      const told = []
      const answer = plugin[point](states.get(uid), pod, nodeName, handleOf(known, told))
      if (point === 'unreserve' || point === 'postBind') states.delete(uid)
      const status = statusOf(answer, point + '(' + name + ')')
      const timeoutMs = answer?.timeoutMs
      if (timeoutMs !== undefined && typeof timeoutMs !== 'number') tools.wrongType(point + '(' + name + ') returned a timeoutMs that is no number.')
      return { status, told, ...(timeoutMs !== undefined && { timeoutMs }) }
    },
  }
}
`}`

/** First argument of `defineChecks`. */
export function gangGuest(): GuestShape {
  return { adapter }
}

/** One learner's plugin in one guest: one life of a scheduler. */
export class GangPlugin {
  readonly guest: Guest
  readonly #trial: Trial<any>

  constructor(trial: Trial<any>) {
    this.#trial = trial
    this.guest = trial.start()
  }

  call(point: BindingPoint, pod: Pod, nodeName: string, known: Known): BindingAnswer {
    return callPlugin(this.#trial, this.guest, [point, pod, nodeName, known])
  }
}

/** Asks a guest of this shape. Throws `Crash` when it gives no answer. */
export function callPlugin(
  trial: Trial<any>,
  guest: Guest,
  call: readonly [point: BindingPoint, pod: Pod, nodeName: string, known: Known],
): BindingAnswer {
  return trial.call(guest, 'call', call, `${call[0]} of Pod ${call[1].metadata.name}`) as BindingAnswer
}
