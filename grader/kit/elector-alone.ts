/**
 * One copy of a program that takes part in a leader election, alone with a Lease: step by step, by its own clock. What learners'
 * own examples play on.
 *
 * What the real one does: client-go's `LeaderElector`, against an API server that other copies write to as well.
 * What we model: one guest, one Lease, and a server that answers at once, late, or not at all. Who else there is, is told.
 * What we leave out: other copies that run, all else at the API server, calls that overtake one another.
 * Where to read upstream: client-go `tools/leaderelection/leaderelection_test.go`, whose fake client reacts to each call so.
 */
import type { Lease } from '#cluster/api/types.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { Answer, Turn } from '../sandbox/sandbox.ts'
import { BadCall, type ClientCall, lostAnswer, readCall, refusal } from './controller-calls.ts'
import { LEASE_KEY } from './learner-elector.ts'
import type { Trial } from './trial.ts'

/** What befalls the calls of one tick or release. */
interface Weather {
  /** No call arrives. */
  readonly down?: boolean
  /** Writes do not arrive, or they do and their answers get lost. */
  readonly writes?: 'lost' | 'unanswered'
  /** The answer to a write is so late; default 0. */
  readonly writesTakeMs?: number
  /** Comes before the first write. */
  readonly outrun?: () => void
}

const LEASES = `leases.coordination.k8s.io "${LEASE_KEY.name}"`
const WITHOUT_VERSION = `Lease.coordination.k8s.io "${LEASE_KEY.name}" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update`
const OUTRUN = `Operation cannot be fulfilled on ${LEASES}: the object has been modified; please apply your changes to the latest version and try again`

/** After so long a call is given up. */
const CALL_MS = 1000

export class ElectorAlone {
  /** Milliseconds of the copy's clock. */
  now: number
  lease: Lease | undefined
  readonly #trial: Trial<any>
  readonly #guest: Guest
  readonly #identity: string
  #version = 100
  #calls = 0

  constructor(trial: Trial<any>, identity: string, now: number) {
    this.#trial = trial
    this.#guest = trial.start()
    this.#identity = identity
    this.now = now
  }

  /** What it says; undefined where it throws. */
  run(name: 'tick' | 'release', weather: Weather = {}): unknown {
    this.#calls = 0
    const { outrun } = weather
    let isFirst = true
    const before = (): void => {
      if (isFirst) outrun?.()
      isFirst = false
    }
    const waiting: Turn['requests'] = []
    let turn: Turn = this.#guest.begin('run', [name, this.now, this.#identity, LEASE_KEY])
    for (;;) {
      this.#trial.keepConsole(turn.console)
      if (turn.trap) this.#trial.crash(turn.trap, name)
      const [ended] = turn.settled
      if (ended) {
        const { outcome } = ended
        if (!outcome.ok && outcome.kind !== 'threw') this.#trial.crash(outcome, name)
        return outcome.ok ? outcome.value : undefined
      }
      waiting.push(...turn.requests)
      const request = waiting.shift()
      if (!request) this.#trial.crash(turn.stuck[0]!.outcome, name)
      this.#trial.countCalls(++this.#calls, name)
      turn = this.#guest.deliver(request!.id, this.#answer(this.#read(request!, name), weather, before))
    }
  }

  /** Stores a Lease as its next version, whoever wrote it: as a server does, with a spec though nothing be in it. */
  put(lease: Lease): void {
    const resourceVersion = String(++this.#version)
    const metadata = { ...lease.metadata, ...LEASE_KEY, uid: 'uid-1', resourceVersion }
    this.lease = { ...lease, metadata, spec: { ...lease.spec } }
  }

  #read(request: Turn['requests'][number], during: string): ClientCall {
    try {
      const call = readCall(request)
      const { name, namespace, resource } = call
      if (resource !== 'leases' || name !== LEASE_KEY.name || namespace !== LEASE_KEY.namespace)
        throw new BadCall('There is one Lease, web-controller in kube-system: give it this name and namespace.')
      return call
    } catch (thrown) {
      if (!(thrown instanceof BadCall)) throw thrown
      return this.#trial.crash({ ok: false, kind: 'wrong-type', message: thrown.message }, during)
    }
  }

  #answer(call: ClientCall, { down, writes, writesTakeMs = 0 }: Weather, before: () => void): Answer {
    const isWrite = call.verb !== 'get'
    if (down || (isWrite && writes === 'lost')) return this.#lose()
    if (!isWrite) return this.#reply(this.lease)
    before()
    const refused = this.#refuse(call)
    if (refused) return refused
    this.put(call.body as Lease)
    const stored = this.lease
    if (writes === 'unanswered') return this.#lose()
    this.now += writesTakeMs
    return this.#reply(stored)
  }

  #refuse({ verb, body }: ClientCall): Answer | undefined {
    if (verb === 'create') return this.lease && refusal(409, 'AlreadyExists', `${LEASES} already exists`, this.now)
    if (!this.lease) return refusal(404, 'NotFound', `${LEASES} not found`, this.now)
    const { resourceVersion } = (body as Lease).metadata
    if (resourceVersion === undefined) return refusal(422, 'Invalid', WITHOUT_VERSION, this.now)
    if (resourceVersion === this.lease.metadata.resourceVersion) return undefined
    return refusal(409, 'Conflict', OUTRUN, this.now)
  }

  #lose(): Answer {
    this.now += CALL_MS
    return lostAnswer(this.now)
  }

  #reply(value: Lease | undefined): Answer {
    return { value: { now: this.now, ...(value && { value }) } }
  }
}
