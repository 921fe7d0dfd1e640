/**
 * Learner code inside a component, asked so that a step gives the same effects whenever it is run again.
 *
 * A replay goes back and forth, while learner code may remember things; so each answer is kept under everything that was
 * asked, and a question that was put before gets the answer of that time. A guest that breaks down becomes an answer too,
 * never an exception in a step; the trial ends with it.
 */
import type { Node, Pod } from '#cluster/api/types.ts'
import { hashString } from '#cluster/kernel/random.ts'
import type { PodList } from '#cluster/kube-scheduler/pod-list.ts'
import { podsOf } from '#cluster/kube-scheduler/pod-list.ts'
import { Crash } from './stop.ts'
import type { Trial } from './trial.ts'

export class Questions<Asked> {
  readonly #trial: Trial<any>
  readonly #start: () => Asked
  #asked: Asked | undefined
  #answers = new Map<string, unknown>()

  /** `start` makes the guest, when it is first needed. */
  constructor(trial: Trial<any>, start: () => Asked) {
    this.#trial = trial
    this.#start = start
  }

  /** `question` is all that the answer may hang on, as text; `broken` what there is instead where the guest breaks down. */
  ask<Answer>(question: string, ask: (asked: Asked) => Answer, broken: (reason: string) => Answer): Answer {
    if (this.#answers.has(question)) return this.#answers.get(question) as Answer
    const answer = this.#try(ask, broken)
    this.#answers.set(question, answer)
    return answer
  }

  #try<Answer>(ask: (asked: Asked) => Answer, broken: (reason: string) => Answer): Answer {
    if (this.#trial.trap) return broken('the plugin has broken down')
    try {
      return ask((this.#asked ??= this.#start()))
    } catch (thrown) {
      if (!(thrown instanceof Crash)) throw thrown
      this.#trial.trap = { failure: thrown.failure, during: thrown.during ?? 'the scheduler' }
      return broken(thrown.failure.message)
    }
  }
}

/** What the framework hands over per node; of it the learner sees the node and its Pods. */
interface FrameworkNodeInfo {
  readonly node: Node
  readonly pods: PodList
}

/** NodeInfos as learners get them, made once for each of the framework's, with a key that says all of it. */
export class LearnerNodes<Info> {
  readonly #make: (node: Node, pods: readonly Pod[]) => Info
  #known = new WeakMap<FrameworkNodeInfo, { readonly info: Info; readonly key: string }>()

  constructor(make: (node: Node, pods: readonly Pod[]) => Info) {
    this.#make = make
  }

  of(given: FrameworkNodeInfo): { readonly info: Info; readonly key: string } {
    let known = this.#known.get(given)
    if (!known) {
      const info = this.#make(
        given.node,
        podsOf(given.pods).map((pod) => bound(pod, given.node)),
      )
      const text = JSON.stringify(info)
      known = { info, key: `${given.node.metadata.name}:${hashString(text)}:${hashString(text, 7)}` }
      this.#known.set(given, known)
    }
    return known
  }
}

/** An assumed Pod does not bear its node's name yet. */
export const bound = (pod: Pod, { metadata }: Node): Pod =>
  pod.spec.nodeName === metadata.name ? pod : { ...pod, spec: { ...pod.spec, nodeName: metadata.name } }
