/** One copy alone with the Lease: moments that three copies in a world meet by luck only, to the millisecond of its clock. */
import { ElectorAlone, type Trial } from 'clusterwright/kit'
import type { Lease } from 'clusterwright/api'
import { COPIES } from './cases.ts'
import { say } from './texts.ts'

const [ME, OTHER, FASTER] = COPIES
/** 2026-01-01T09:00:00Z, by the copy's clock. */
const BEGINNING_MS = 1_767_258_000_000
const WORD_MS = 10_000

type Weather = NonNullable<Parameters<ElectorAlone['run']>[1]>
/** So long after the one before has ended: two seconds, or longer where the machine stands still. */
type Tick = Weather & { readonly afterMs?: number }

const heldBy = (holderIdentity: string): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'web-controller', namespace: 'kube-system', uid: 'uid-1' },
  spec: {
    ...{ holderIdentity, leaseDurationSeconds: 15, leaseTransitions: 3 },
    ...{ acquireTime: '2026-01-01T08:00:00.000000Z', renewTime: '2026-01-01T08:59:59.000000Z' },
  },
})

/** Whatever it says, its word is never older than ten seconds: since it sent what the server has stored. */
function keepsItsWord(trial: Trial<any>, ticks: readonly Tick[]): void {
  const copy = new ElectorAlone(trial, ME, BEGINNING_MS)
  let sentAt = -Infinity
  for (const { afterMs = 2000, ...weather } of ticks) {
    copy.now += afterMs
    const [began, before] = [copy.now, copy.lease]
    const word = copy.run('tick', weather)
    if (copy.lease !== before) sentAt = began
    const age = copy.now - sentAt
    if (word !== 'leading' || age < WORD_MS) continue
    trial.fail({
      message: say('word-too-old', { who: ME, seconds: (age / 1000).toFixed(1) }),
      ...{ expected: 'standby', actual: 'leading', hint: 'safe' },
    })
  }
}

export function judgeWord(trial: Trial<any>): void {
  const lost: Tick = { writes: 'lost' }
  keepsItsWord(trial, [{ writesTakeMs: 12_000 }, {}])
  keepsItsWord(trial, [{}, { writesTakeMs: 11_000 }, {}])
  // Each lost call takes a second: from the last renewal on, the ticks end after 3, 6, 10 and 13 seconds.
  for (const weather of [lost, { down: true }])
    keepsItsWord(trial, [{}, {}, weather, weather, { ...weather, afterMs: 3000 }, weather, {}])
}

/** Two find that the Lease has run out, and the other one is faster. */
export function judgeOutrun(trial: Trial<any>): void {
  const copy = new ElectorAlone(trial, ME, BEGINNING_MS)
  copy.put(heldBy(OTHER))
  let isTaken = false
  const outrun = (): void => {
    isTaken = true
    copy.put(heldBy(FASTER))
  }
  for (let tick = 0; tick < 12 && !isTaken; tick++, copy.now += 2000) {
    const word = copy.run('tick', { outrun })
    if (!isTaken) continue
    const { holderIdentity } = copy.lease!.spec
    trial.equal(holderIdentity, FASTER, say('overtakes', { who: ME, other: FASTER }), { hint: 'lead' })
    trial.equal(word === 'leading', false, say('two', { one: ME, other: FASTER }), {
      ...{ expected: 'standby', actual: 'leading', hint: 'safe' },
    })
  }
}

/** What nobody holds is taken by the first tick that finds it so. */
export function judgeEmpty(trial: Trial<any>): void {
  const copy = new ElectorAlone(trial, ME, BEGINNING_MS)
  copy.put(heldBy(''))
  copy.run('tick')
  trial.equal(copy.lease!.spec.holderIdentity || '-', ME, say('not-at-once', { who: ME }), { hint: 'succeed' })
}
