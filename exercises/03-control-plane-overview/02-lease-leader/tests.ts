/** A learner's own examples for `lease-leader`: how they are read, and how a copy is held against them. */
import { defineTests, ElectorAlone, electorGuest, type Reader, type Trial } from 'clusterwright/kit'
import type { Lease } from 'clusterwright/api'
import { COPIES } from './cases.ts'
import { say, texts } from './tests-texts.ts'

type Fields = Readonly<Record<string, unknown>>

interface Step {
  readonly afterMs: number
  readonly expect: Fields
  readonly deed: 'tick' | 'release' | 'other'
  /** Absent: either. */
  readonly word?: 'leading' | 'standby'
  readonly other: string
  readonly aheadMs: number
  readonly down: boolean
  readonly writes?: 'lost' | 'unanswered'
  readonly writesTakeMs: number
  readonly outrunBy?: string
}

interface Example {
  readonly steps: readonly Step[]
}

const DEEDS = ['tick', 'release', 'other'] as const
const WEATHER = ['down', 'writes', 'writesTakeS', 'outrunBy']
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const TICK_S = 2
/** When the first step begins, by the copy's clock: 2026-01-01T09:00:00Z. */
const BEGINNING_MS = 1_767_258_000_000

/** Nobody has an empty name. */
const nameIn = (given: Reader): string => (given.value === '' ? '' : given.text())
const EXPECT: Readonly<Record<string, (value: Reader) => unknown>> = {
  holder: nameIn,
  transitions: (value) => value.whole(0, 1000),
  written: (value) => value.flag(),
  acquired: (value) => value.flag(),
}

function readExpect(given: Reader): Fields {
  if (!given.isThere) return {}
  given.only(...Object.keys(EXPECT))
  return Object.fromEntries(given.entries().map(([name, value]) => [name, EXPECT[name]!(value)]))
}

function readStep(given: Reader): Step {
  const [deed, more] = DEEDS.filter((name) => given.at(name).isThere)
  if (!deed || more) given.refuse(say('want-step'))
  given.only(deed, 'afterS', 'expect', ...(deed === 'other' ? ['clockAheadS'] : WEATHER))
  const seconds = (name: string, least: number, most: number, otherwise: number): number =>
    1000 * (given.at(name).isThere ? given.at(name).whole(least, most) : otherwise)
  const has = (name: string): boolean => deed !== 'other' && given.at(name).isThere
  const word = deed === 'tick' ? given.at('tick').oneOf(['leading', 'standby', 'either'] as const) : 'either'
  if (deed === 'release') given.at('release').flag()
  return {
    deed,
    afterMs: seconds('afterS', 0, HOUR_S, deed === 'tick' ? TICK_S : 0),
    expect: readExpect(given.at('expect')),
    ...(word !== 'either' && { word }),
    other: deed === 'other' ? nameIn(given.at('other')) : '',
    aheadMs: deed === 'other' ? seconds('clockAheadS', -DAY_S, DAY_S, 0) : 0,
    down: has('down') && given.at('down').flag(),
    ...(has('writes') && { writes: given.at('writes').oneOf(['lost', 'unanswered'] as const) }),
    writesTakeMs: deed === 'other' ? 0 : seconds('writesTakeS', 0, HOUR_S, 0),
    ...(has('outrunBy') && { outrunBy: given.at('outrunBy').text() }),
  }
}

function read(given: Reader): Example {
  const all = given.only('name', 'steps').at('steps')
  const steps = all.list().map(readStep)
  if (steps.every(({ deed }) => deed === 'other')) all.refuse(say('want-tick'))
  return { steps }
}

/** A time as the API writes it, of the day on which all of it begins or one of its neighbours. */
function timeOf(ms: number): string {
  const midnight = BEGINNING_MS - 9 * HOUR_S * 1000
  const days = Math.floor((ms - midnight) / (DAY_S * 1000))
  const rest = Math.floor((ms - midnight) / 1000) - days * DAY_S
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0')
  const clock = [rest / HOUR_S, (rest / 60) % 60, rest % 60].map(two).join(':')
  return `${days < 0 ? '2025-12-31' : `2026-01-${two(days + 1)}`}T${clock}.000000Z`
}

/** The Lease as another copy writes it, which does all as it should. */
function writtenBy(holderIdentity: string, lease: Lease | undefined, ms: number): Lease {
  const { holderIdentity: was, leaseTransitions: old = 0, acquireTime = timeOf(ms) } = lease?.spec ?? {}
  const isTaken = lease !== undefined && holderIdentity !== '' && holderIdentity !== was
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease?.metadata ?? { name: 'web-controller', namespace: 'kube-system', uid: 'uid-1' },
    spec: {
      ...{ holderIdentity, leaseDurationSeconds: 15, renewTime: timeOf(ms) },
      acquireTime: isTaken ? timeOf(ms) : acquireTime,
      leaseTransitions: isTaken ? old + 1 : old,
    },
  }
}

function run(trial: Trial<any>, { steps }: Example): void {
  const copy = new ElectorAlone(trial, COPIES[0], BEGINNING_MS)
  const write = (who: string, aheadMs = 0): void => copy.put(writtenBy(who, copy.lease, copy.now + aheadMs))
  steps.forEach(({ deed, word, afterMs, other, aheadMs, outrunBy, expect, ...weather }, index) => {
    const number = index + 1
    // The first tick begins where all begins.
    if (index > 0) copy.now += afterMs
    let before = copy.lease
    const outrun = (): void => {
      if (outrunBy === undefined) return
      write(outrunBy)
      before = copy.lease
    }
    if (deed === 'other') write(other, aheadMs)
    else {
      // Who throws does not know, and so does not lead.
      const said = copy.run(deed, { ...weather, outrun }) ?? 'standby'
      if (word !== undefined) trial.equal(said, word, say('says-otherwise', { number }))
    }
    const { lease } = copy
    const now: Fields = {
      holder: lease?.spec.holderIdentity ?? '',
      transitions: lease?.spec.leaseTransitions ?? 0,
      written: deed !== 'other' && lease !== before,
      acquired: lease?.spec.acquireTime !== before?.spec.acquireTime,
    }
    const seen = Object.fromEntries(Object.keys(expect).map((name) => [name, now[name]]))
    trial.equal(seen, expect, say('leaves-otherwise', { number }))
  })
}

export default defineTests<Example>({
  guest: electorGuest(),
  threshold: 12,
  beyond: ['create-is-leading', 'ours-by-memory', 'steals-after-13', 'steals-after-14', 'renewal-forgets-the-duration'],
  read,
  run,
  texts,
})
