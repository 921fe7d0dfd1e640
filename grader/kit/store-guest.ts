/**
 * A learner's store with revisions, hosted: `put`, `range`, `txn` … of an object that lives in the guest, and for one that is
 * watched also the receivers of its watches, who may be slow.
 *
 * A whole sequence of steps is played in one call inside the VM, so that a case of thirty steps costs one crossing. What a
 * store says is not judged here, only that it is said at once.
 */
import type { Guest } from '../sandbox/guest.ts'
import type { GuestShape } from './guest-shape.ts'
import { Crash } from './stop.ts'
import type { Trial } from './trial.ts'

/** One deed. `type` says which; what else there is, the adapter hands over as that function's arguments. */
export interface StoreStep {
  readonly type: string
  readonly [argument: string]: unknown
}

/** What came of a step: the store's answer, `null` where there is none, and what receivers were sent meanwhile. */
export interface StepOutcome {
  readonly answer: unknown
  readonly sent: readonly SentResponse[]
}

/** A response as it was sent, by the number of its watch; `taken` is what the receiver said. */
export interface SentResponse {
  readonly response: unknown
  readonly taken: boolean
}

const adapter = String.raw`
const SENT_MAX = 2000
export default (learner, tools) => {
  if (typeof learner !== 'function') tools.notAFunction('The default export is not a class: write export default class …')
  const copy = (value) => value === undefined ? null : JSON.parse(JSON.stringify(value) ?? 'null')
  let sent = []
  let kept = null
  const rooms = new Map()
  let filler = ''
  const large = (value, size) => {
    if (filler.length !== size) filler = '.'.repeat(size)
    const made = value + filler
    // To look into it makes it one piece.
    return made.charCodeAt(0) >= 0 ? made : value
  }
  const send = (given) => {
    const response = copy(given)
    const id = response?.watchId
    const room = rooms.has(id) ? rooms.get(id) : null
    const taken = room === null || room > 0
    if (taken && room !== null) rooms.set(id, room - 1)
    sent.push({ response, taken })
    if (sent.length > SENT_MAX) tools.wrongType('It sends without end: more than ' + SENT_MAX + ' responses in one call.')
    return taken
  }
  let store = new learner(send)

  function ask(name, ...args) {
    if (typeof store[name] !== 'function') tools.notAFunction('The store has no function "' + name + '".')
    const answer = store[name](...args)
    if (answer !== null && typeof answer === 'object' && typeof answer.then === 'function') {
      tools.wrongType(name + ' returned a Promise, but must answer at once: remove async and await.')
    }
    return answer
  }

  function act(step) {
    switch (step.type) {
      case 'Put': {
        // What is large is made in here.
        const { key, lease } = step
        const value = step.valueSize === undefined ? step.value : large(step.value, step.valueSize)
        return lease === undefined ? ask('put', key, value) : ask('put', key, value, lease)
      }
      case 'DeleteRange': return ask('deleteRange', step.key, step.rangeEnd)
      case 'Range': {
        const { key, rangeEnd, revision, limit } = step
        if (revision === undefined && limit === undefined) return ask('range', key, rangeEnd)
        return ask('range', key, rangeEnd, Object.freeze({ ...(revision !== undefined && { revision }), ...(limit !== undefined && { limit }) }))
      }
      case 'Txn': return ask('txn', step.compare, step.success, step.failure)
      case 'Compact': return ask('compact', step.revision)
      case 'Watch': { const { type, ...request } = step; return void ask('watch', Object.freeze(request)) }
      case 'Cancel': return void ask('cancel', step.watchId)
      case 'Sync': return void ask('sync')
      case 'Progress': return void ask('progress')
      case 'Room': return void rooms.set(step.watchId, step.room)
      case 'Snapshot': kept = copy(ask('snapshot')); return undefined
      case 'Restore': {
        const { type, ...options } = step
        rooms.clear()
        store = new learner(send)
        return void ask('restore', kept, Object.freeze(options))
      }
      default: tools.wrongType('There is no step ' + step.type)
    }
  }

  function play(step) {
    sent = []
    const answer = copy(act(step))
    return { answer, sent }
  }
  return { play, playAll: (steps) => steps.map(play) }
}
`

/** How a store is taken in: first argument of `defineChecks`. */
export const storeGuest = (): GuestShape => ({ adapter })

/** What the learner's code itself did wrong, where it is worth finding out at which step. */
const PLACED = ['threw', 'wrong-type', 'not-a-function']

/** One learner's store in one guest. */
export class LearnerStore {
  readonly guest: Guest
  readonly #trial: Trial<any>

  constructor(trial: Trial<any>) {
    this.#trial = trial
    this.guest = trial.start()
  }

  play(step: { readonly type: string }, during: string): StepOutcome {
    return this.#trial.call(this.guest, 'play', [step], during) as StepOutcome
  }

  /** Plays all steps on a store of its own. Where it breaks down, `inWords` says at which. */
  static playAll<Step extends { readonly type: string }>(
    trial: Trial<any>,
    steps: readonly Step[],
    inWords: (step: Step) => string,
  ): StepOutcome[] {
    const store = new LearnerStore(trial)
    try {
      return trial.call(store.guest, 'playAll', [steps]) as StepOutcome[]
    } catch (thrown) {
      if (!(thrown instanceof Crash) || !PLACED.includes(thrown.failure.kind)) throw thrown
      const again = new LearnerStore(trial)
      return steps.map((step) => again.play(step, inWords(step)))
    }
  }
}
