import { describe, expect, it } from 'vitest'
import { apart, inWords, type Recorded } from './divergence.ts'
import type { Noted, StoryEvent } from './story-recorder.ts'
import { StoryRecorder } from './story-recorder.ts'

/** A run of events, one each millisecond; the rule is broken at the end, or where it says. */
function run(notes: readonly Noted[], brokenAt = notes.length): Recorded {
  let tick = 0
  const recorder = new StoryRecorder(() => ({ tick: ++tick, atMicros: tick * 1000 }))
  for (const noted of notes) recorder.note(noted)
  return { events: recorder.events, brokenAt }
}

const own = (deed: Noted['deed'], sign: string, more: Partial<Noted> = {}): Noted => {
  return { lane: 'controller', deed, what: sign, sign, by: 'default/web', resource: 'pods', ...more }
}
const news = (lane: 'api' | 'cache', name: string): Noted => {
  const [about, sign] = [`Pod/default/${name}`, `Pod/default/${name} added`]
  return { lane, deed: lane === 'api' ? 'change' : 'hear', what: sign, sign, news: sign, about, resource: 'pods' }
}
const names = ({ first, second }: { first?: StoryEvent; second?: StoryEvent }) => [first?.id, second?.id]

const START = [own('begin', 'begins'), own('read', 'list'), own('write', 'create'), news('api', 'a')]
const AGAIN = [own('begin', 'begins'), own('read', 'list'), own('write', 'create'), news('api', 'b')]

describe('what tells a failing run from calm weather', () => {
  it('is a decision that was taken before the news, which calm weather brings in time', () => {
    const failing = run([...START, ...AGAIN, news('cache', 'a')], 8)
    const calm = run([...START, news('cache', 'a'), own('begin', 'begins'), own('read', 'list')])
    const found = apart(failing, calm, 'Pod/default/b')
    expect(found.kind).toBe('order')
    expect(names(found)).toEqual(['controller read default/web list #2', 'cache hear  Pod/default/a added #1'])
    expect([found.calmFirst?.atMicros, found.calmSecond?.atMicros]).toEqual([7000, 5000])
    expect(inWords(found, failing).message.replaceAll('\u00a0', ' ')).toBe(
      'Here “list” (your controller, 0.006 s) comes, and “Pod/default/a added” (its cache, 0.009 s) has not come yet. Without faults it has, by then (0.005 s), and the rule holds.',
    )
  })

  it('is not a decision that comes before the news in calm weather, too', () => {
    const both = [...START, ...AGAIN, news('cache', 'a')]
    expect(apart(run(both, 8), run(both), 'Pod/default/b').kind).not.toBe('order')
  })

  it('is a fault that shows, with the write that it led to', () => {
    const dies = own('fault', 'dies 2')
    const found = apart(run([...START, dies, own('fault', 'life 2'), ...AGAIN]), run(START), 'Pod/default/b')
    expect([found.kind, ...names(found)]).toEqual([
      'extra',
      'controller fault default/web dies 2 #1',
      'controller write default/web create #2',
    ])
  })

  it('is two calls of different processes that change places', () => {
    const call = (lane: string, sign: string): Noted => ({ lane, deed: 'call', what: sign, sign })
    const failing = [call('A', 'list'), call('B', 'list'), call('A', 'reserve(1)'), call('B', 'reserve(1)')]
    const calm = [call('A', 'list'), call('A', 'reserve(1)'), call('B', 'list'), call('B', 'reserve(2)')]
    const found = apart(run(failing), run(calm), undefined)
    expect([found.kind, ...names(found)]).toEqual(['order', 'B call  list #1', 'A call  reserve(1) #1'])
  })

  it('is the first event that only one of them has, or nothing', () => {
    const calm = run(START)
    expect(apart(run([...START, own('end', 'throws')]), calm, undefined)).toMatchObject({
      kind: 'extra',
      first: { sign: 'throws' },
    })
    expect(apart(run([START[0]!, START[3]!]), calm, undefined)).toMatchObject({
      kind: 'missing',
      calmFirst: { sign: 'list' },
    })
    expect(apart(run(START), calm, undefined)).toEqual({ kind: 'none' })
  })
})

describe('a recorder', () => {
  it('counts names that are made up, so that they are equal in every run', () => {
    const recorder = run([]) && new StoryRecorder(() => ({ tick: 0, atMicros: 0 }))
    const pod = (name: string) => ({
      metadata: { namespace: 'default', name, uid: `uid-${name}`, generateName: 'web-' },
    })
    expect(['web-x7', 'web-q2', 'web-x7'].map((name) => recorder.about('Pod', pod(name)))).toEqual([
      'Pod/default/web-#1',
      'Pod/default/web-#2',
      'Pod/default/web-#1',
    ])
    expect(recorder.named({ kind: 'Pod', namespace: 'default', name: 'web-q2' })).toBe('Pod/default/web-#2')
    expect(recorder.named({ kind: 'Pod', namespace: 'default', name: 'blue' })).toBe('Pod/default/blue')
  })
})
