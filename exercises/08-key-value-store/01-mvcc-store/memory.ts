/** What a store holds must fit into the memory there is: counted by the sandbox, reached at the same place everywhere. */
import { LearnerStore, type StoreStep, type Trial } from 'clusterwright/kit'
import { compact, del, put, txn } from './corners.ts'
import { say } from './texts.ts'

const LIMIT_MIB = 16
// Small enough that garbage which only a collection finds does not fill the memory before there is one.
const VALUE_SIZE = 4000

/** Many small keys, then many changes of them; none is compacted. */
const copies = (): StoreStep[] =>
  Array.from({ length: 1200 }, (_, index) => ({ type: 'Put', key: `key-${index % 600}`, value: String(index) }))

/** Many values, of which few are ever current. */
const values = (): StoreStep[] =>
  Array.from({ length: 2600 }, (_, index) => [
    { type: 'Put', key: `key-${index % 5}`, value: String(index), valueSize: VALUE_SIZE },
    ...(index % 10 === 9 ? [{ type: 'Compact', revision: index + 2 }] : []),
  ]).flat()

const LOADS = { copies, values }
/** Steps in one call. */
const CHUNK = 100

export function leavesMemory(trial: Trial<any>, load: keyof typeof LOADS): void {
  const store = new LearnerStore(trial)
  const steps = LOADS[load]()
  for (let done = 0; done < steps.length; done += CHUNK) {
    const outcome = store.guest.call('playAll', [steps.slice(done, done + CHUNK)])
    if (outcome.ok) continue
    if (outcome.kind !== 'memory') trial.crash(outcome)
    trial.fail({
      message: say('memory-left', { steps: done + CHUNK, what: say(`memory-${load}`) }),
      expected: say('memory-expected', { most: LIMIT_MIB }),
      actual: say('memory-actual'),
    })
  }
  trial.release(store.guest)
}

const ALL: StoreStep = { type: 'Range', key: '\0', rangeEnd: '\0' }
/** How much dearer it may be to read a store that once held many keys than one that never did. */
const TIMES_MAX = 10

/** Keys that were deleted and compacted are gone: nothing walks through them any more. */
export function forgetsKeys(trial: Trial<any>): void {
  const store = new LearnerStore(trial)
  const during = "range('\\0', '\\0')"
  store.play(ALL, during)
  const fresh = fuelOf(store, () => store.play(ALL, during))
  const [rounds, keys] = [20, 60]
  for (let round = 0; round < rounds; round++) {
    const puts = Array.from({ length: keys }, (_, index) => put(`${round}-${index}`, ''))
    store.play(txn([], puts), 'txn([], [put(…) …], [])')
  }
  store.play(put('last', ''), "put('last', '')")
  store.play(del('0', ':'), "deleteRange('0', ':')")
  // None of the others has changed at the revision that is compacted.
  store.play(del('last'), "deleteRange('last')")
  store.play(compact(rounds + 4), `compact(${rounds + 4})`)
  const emptied = fuelOf(store, () => store.play(ALL, during))
  trial.ensure(emptied <= TIMES_MAX * fresh, () => ({
    message: say('memory-keys', { keys: rounds * keys }),
    expected: say('memory-keys-expected', { most: TIMES_MAX }),
    actual: say('memory-keys-actual', { times: Math.round(emptied / fresh) }),
  }))
}

function fuelOf({ guest }: LearnerStore, act: () => unknown): number {
  const before = guest.fuelUsed()
  act()
  return guest.fuelUsed() - before
}
