/**
 * How a plugin is held against a learner's own examples for `gang-bind`: step by step, as the scheduler would call it. What the
 * handle is told takes effect when a call is over, and only for those that wait; whoever is rejected is given back as well.
 */
import type { Pod } from 'clusterwright/api'
import { type BindingAnswer, type BindingPoint, GangPlugin, type Trial } from 'clusterwright/kit'
import { say } from './tests-texts.ts'

export const CODES = ['Success', 'Wait', 'Unschedulable'] as const

/** As the handle tells of it. */
export type PodGroup = Parameters<GangPlugin['call']>[3]['groups'][number]

interface Asked {
  readonly pod: Pod
  /** Those that are bound when the plugin is asked. */
  readonly bound: readonly Pod[]
}

interface Attempt extends Asked {
  readonly do: 'attempt'
  readonly nodeName: string
  readonly code: (typeof CODES)[number]
  readonly timeoutMs: number | undefined
  readonly allows: readonly string[]
}

export type Step =
  | Attempt
  | (Asked & { readonly do: 'bind'; readonly nodeName: string })
  | (Asked & { readonly do: 'unreserve'; readonly rejects: readonly string[] })
  | { readonly do: 'restart' }

export interface Example {
  readonly groups: readonly PodGroup[]
  /** At the place of a step of which the plugin hears nothing: undefined. */
  readonly steps: readonly (Step | undefined)[]
}

class Play {
  readonly #trial: Trial<any>
  readonly #groups: readonly PodGroup[]
  #plugin: GangPlugin
  #waiting = new Map<string, Pod>()
  #nodes = new Map<string, string>()
  #allowed: string[] = []
  #rejected: string[] = []

  constructor(trial: Trial<any>, groups: readonly PodGroup[]) {
    this.#trial = trial
    this.#groups = groups
    this.#plugin = new GangPlugin(trial)
  }

  step(step: Step, number: number): void {
    if (step.do === 'restart') return this.#restart()
    this.#allowed = []
    this.#rejected = []
    const name = step.pod.metadata.name
    if (step.do === 'attempt') this.#attempt(step, number)
    else if (step.do === 'unreserve') this.#giveBack(step.pod, step.bound)
    else this.#obey(this.#call('postBind', step.pod, step.bound), step.bound)
    this.#same(this.#allowed, step.do === 'attempt' ? step.allows : [], 'allows', { step: number, pod: name })
    this.#same(this.#rejected, step.do === 'unreserve' ? step.rejects : [], 'rejects', { step: number, pod: name })
  }

  #restart(): void {
    this.#trial.release(this.#plugin.guest)
    this.#plugin = new GangPlugin(this.#trial)
    this.#waiting.clear()
  }

  #attempt({ pod, bound, nodeName, code, timeoutMs }: Attempt, step: number): void {
    this.#nodes.set(pod.metadata.uid!, nodeName)
    const reserved = this.#call('reserve', pod, bound)
    this.#obey(reserved, bound)
    const isReserved = reserved.status.code === 'Success'
    const answer = isReserved ? this.#call('permit', pod, bound) : reserved
    if (isReserved) this.#obey(answer, bound)
    const told = answer.status.code
    const actual = told === 'UnschedulableAndUnresolvable' ? 'Unschedulable' : told
    const names = { step, pod: pod.metadata.name }
    if (actual !== code) this.#trial.fail({ message: say('code', names), expected: code, actual: told })
    if (code === 'Unschedulable') {
      const isReasonGiven = answer.status.reasons.some((reason) => reason.trim() !== '')
      if (!isReasonGiven) this.#trial.fail({ message: say('no-reason', names), expected: 'reasons', actual: '[]' })
      return this.#giveBack(pod, bound)
    }
    if (code !== 'Wait') return
    this.#waiting.set(pod.metadata.uid!, pod)
    if (timeoutMs === undefined || answer.timeoutMs === timeoutMs) return
    const time = answer.timeoutMs === undefined ? say('no-time') : `${answer.timeoutMs} ms`
    this.#trial.fail({ message: say('time', names), expected: `${timeoutMs} ms`, actual: time })
  }

  #giveBack(pod: Pod, bound: readonly Pod[]): void {
    this.#waiting.delete(pod.metadata.uid!)
    this.#obey(this.#call('unreserve', pod, bound), bound)
  }

  #obey({ told }: BindingAnswer, bound: readonly Pod[]): void {
    const rejected: Pod[] = []
    for (const { uid, allow } of told) {
      const other = this.#waiting.get(uid)
      if (!other) continue
      this.#waiting.delete(uid)
      if (allow) this.#allowed.push(other.metadata.name)
      else rejected.push(other)
    }
    this.#rejected.push(...rejected.map(({ metadata }) => metadata.name))
    for (const other of rejected) this.#giveBack(other, bound)
  }

  #call(point: BindingPoint, pod: Pod, bound: readonly Pod[]): BindingAnswer {
    const nodeName = this.#nodes.get(pod.metadata.uid!) ?? 'node-1'
    return this.#plugin.call(point, pod, nodeName, { groups: this.#groups, bound })
  }

  #same(
    names: readonly string[],
    wanted: readonly string[],
    key: 'allows' | 'rejects',
    params: { readonly step: number; readonly pod: string },
  ): void {
    const [actual, expected] = [names, wanted].map((list) => list.toSorted().join(', ')) as [string, string]
    if (actual === expected) return
    this.#trial.fail({
      message: say(key, params),
      expected: expected || say('nobody'),
      actual: actual || say('nobody'),
    })
  }
}

export function run(trial: Trial<any>, { groups, steps }: Example): void {
  const play = new Play(trial, groups)
  steps.forEach((step, index) => step && play.step(step, index + 1))
}
