/** A node on which a runtime executes the learner's plugin: one process per call, one store for all, a story of it. */
import { type AsyncProcess, AsyncHost, type Crash, type Finding, type Trial, type Turns } from 'clusterwright/kit'
import type { AddResult, Attachment, CniError, IpamConfig } from 'clusterwright/cni'
import { Disk, type DiskPlan, NO_SPACE } from './disk.ts'
import { say } from './texts.ts'

export type Verb = 'add' | 'del' | 'check' | 'gc'
/** What a call came to. Success of all verbs but ADD has no result. */
export type Outcome = { readonly result: AddResult | undefined } | { readonly error: CniError }

export const EMPTY: DiskPlan = { reservations: [], last: [] }

export class Node {
  readonly config: IpamConfig
  readonly disk: Disk
  readonly host: AsyncHost
  readonly #trial: Trial<any>

  /** With `turns` the order of all calls is chosen, as an exploration does. */
  constructor(trial: Trial<any>, config: IpamConfig, disk: DiskPlan = EMPTY, turns?: Turns) {
    this.#trial = trial
    this.config = config
    this.disk = new Disk(disk, trial.chance('disk'))
    this.host = new AsyncHost(trial, {
      perform: (call) => this.disk.perform(call),
      ended: (process) => this.disk.ended(process),
      look: () => this.disk.shown(),
      ...(turns && {
        turns: {
          state: () => this.disk.state(),
          isRead: (method) => method === 'list' || method === 'lastReserved',
          isBlocked: (process, method) => method === 'lock' && this.disk.isLockedTo(process),
          ...turns,
        },
      }),
    })
  }

  /** Starts a call and returns at once; `host.run()` runs all that were started. */
  start(
    verb: Verb,
    subject: Attachment | readonly Attachment[],
    options: { at?: number; crash?: Crash } = {},
  ): AsyncProcess {
    return this.host.start(nameOf(verb, subject), verb, [this.config, subject], options)
  }

  /** One call from beginning to end. */
  call(verb: Verb, subject: Attachment | readonly Attachment[]): Outcome {
    const process = this.start(verb, subject)
    this.host.run()
    return this.outcomeOf(process, verb)
  }

  /** Ends the trial when the call threw or answered with something that is neither a result nor an error. */
  outcomeOf(process: AsyncProcess, verb: Verb): Outcome {
    const { outcome, name } = process
    if (!outcome) throw new Error(`${name} has no outcome: it died, or has not been run`)
    if (!outcome.ok) {
      // What the disk refused may come out as it is: a plugin that ends in the middle has failed, too.
      if (outcome.kind === 'threw' && outcome.message.includes(NO_SPACE)) {
        return { error: { cniVersion: this.config.cniVersion, code: 999, msg: outcome.message } }
      }
      this.#trial.crash(outcome, name)
    }
    const value = outcome.value as { error?: CniError } | AddResult | undefined | null
    if (value !== null && typeof value === 'object' && 'error' in value && value.error) {
      this.#judgeError(name, value.error)
      return { error: value.error }
    }
    if (verb !== 'add') return { result: undefined }
    const result = value as AddResult | undefined | null
    const isResult = Array.isArray(result?.ips) && result.ips.every((ip) => typeof ip?.address === 'string')
    if (!isResult) {
      this.fail({
        message: say('neither', { who: name }),
        expected: '{cniVersion, ips: [{address: "10.244.1.7/24", gateway: …}]} | {error: {cniVersion, code, msg}}',
        actual: JSON.stringify(value) ?? 'undefined',
        hint: 'result',
      })
    }
    return { result: result! }
  }

  #judgeError(name: string, error: CniError): void {
    const { code, msg, cniVersion } = error
    const isWhole = Number.isInteger(code) && code > 0 && typeof msg === 'string' && msg !== ''
    if (isWhole && cniVersion === this.config.cniVersion) return
    this.fail({
      message: say('no-cni-error', { who: name }),
      expected: say('cni-error-expected', { version: this.config.cniVersion }),
      actual: JSON.stringify(error),
      hint: 'result',
    })
  }

  /** Ends the trial. */
  fail(finding: Finding): never {
    this.#trial.fail(finding)
  }
}

const nameOf = (verb: Verb, subject: Attachment | readonly Attachment[]): string =>
  'containerID' in subject
    ? `${verb.toUpperCase()} ${words(subject)}`
    : `${verb.toUpperCase()} of all but ${subject.length}`

/** `web-1/eth0`. */
export const words = ({ containerID, ifname }: Attachment): string => `${containerID}/${ifname}`
