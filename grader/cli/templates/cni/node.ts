/** A node for one trial: its store, the processes that a runtime starts on it, and what they answer. */
import type { AddResult, Attachment, CniError, IpamConfig } from 'clusterwright/cni'
import { AsyncHost, type AsyncProcess, defineTexts, type HostCall, type Trial } from 'clusterwright/kit'

/** What is said of a call, whoever made it: a check or a learner's own example. */
export const { texts, say } = defineTexts({
  en: {
    neither: '{call} answered with neither a result nor an error.',
    shape: '{ cniVersion, ips: [{ address }] } or { error: { cniVersion, code, msg } }',
  },
  es: {
    neither: '{call} no respondió ni con un resultado ni con un error.',
    shape: '{ cniVersion, ips: [{ address }] } o { error: { cniVersion, code, msg } }',
  },
})

const FIRST = 2

/** A range of so many addresses: 10.0.0.2, 10.0.0.3 … */
const configOf = (size: number): IpamConfig => ({
  cniVersion: '1.1.0',
  name: 'pods',
  ipam: {
    type: 'host-local',
    ranges: [[{ subnet: '10.0.0.0/24', rangeStart: addressAt(0), rangeEnd: addressAt(size - 1) }]],
  },
})
export const addressAt = (index: number): string => `10.0.0.${FIRST + index}`
export const container = (index: number): Attachment => ({ containerID: `web-${index + 1}`, ifname: 'eth0' })

export type Answer = AddResult | { readonly error: CniError }

/** A node: its store, and the processes that a runtime starts on it. */
export class Node {
  readonly config: IpamConfig
  readonly host: AsyncHost
  readonly #trial: Trial<any>
  readonly #files = new Map<string, Attachment>()

  constructor(trial: Trial<any>, size: number) {
    this.#trial = trial
    this.config = configOf(size)
    this.host = new AsyncHost(trial, { perform: (call) => this.#perform(call) })
  }

  #perform({ method, args, reply }: HostCall): void {
    const [address, holder] = args as [string, Attachment]
    if (method === 'list') return reply([...this.#files].map(([at, by]) => ({ address: at, ...by })))
    if (method === 'release') {
      this.#files.delete(address)
      return reply()
    }
    const isFree = !this.#files.has(address)
    if (isFree) this.#files.set(address, holder)
    return reply(isFree)
  }

  start(verb: 'add' | 'del', who: Attachment): AsyncProcess {
    return this.host.start(`${verb} ${who.containerID}`, verb, [this.config, who])
  }

  /** What an `add` came to; ends the trial when it broke down, or answered with something else. */
  answerOf({ name, outcome }: AsyncProcess): Answer {
    if (!outcome!.ok) this.#trial.crash(outcome!, name)
    const answer = outcome!.value as Partial<AddResult & { error: CniError }> | null | undefined
    const isError = Number.isInteger(answer?.error?.code) && answer!.error!.code >= 100
    const isResult = Array.isArray(answer?.ips) && answer.ips.every((ip) => typeof ip?.address === 'string')
    if (!isError && !isResult) {
      const actual = JSON.stringify(answer) ?? 'undefined'
      this.#trial.fail({ message: say('neither', { call: name }), expected: say('shape'), actual, hint: 'first' })
    }
    return answer as Answer
  }

  /** One call from beginning to end. */
  call(verb: 'add' | 'del', who: Attachment): Answer | undefined {
    const process = this.start(verb, who)
    this.host.run()
    if (verb === 'add') return this.answerOf(process)
    this.mustEnd(process)
    return undefined
  }

  /** Ends the trial when the process broke down. */
  mustEnd({ name, outcome }: AsyncProcess): void {
    if (!outcome!.ok) this.#trial.crash(outcome!, name)
  }
}

export const addressIn = (answer: Answer | undefined): string | undefined =>
  answer && 'ips' in answer ? answer.ips[0]?.address : undefined
