/**
 * A learner's own examples for `watch-compact`: how they are read, and how a store is held against them. When something is
 * told is left open, so responses of events that follow each other are taken together where no revision is torn.
 */
import { defineTests, joinTexts, LearnerStore, type Reader, show, storeGuest, type Trial } from 'clusterwright/kit'
import type { WatchResponse } from 'clusterwright/mvcc'
import { readStep as readStoreStep } from '../01-mvcc-store/tests.ts'
import { texts as storeTexts } from '../01-mvcc-store/tests-texts.ts'
import type { Step } from './cases.ts'
import { stepInWords } from './in-words.ts'
import { say, texts } from './tests-texts.ts'

interface Example {
  readonly steps: readonly Step[]
  readonly told: ReadonlyMap<number, readonly string[]>
}

const NUMBER_MAX = 1_000_000
const number = (given: Reader): number => given.whole(0, NUMBER_MAX)
const optional = <T>(given: Reader, name: string, read: (value: Reader) => T): Record<string, T> =>
  given.at(name).isThere ? { [name]: read(given.at(name)) } : {}

function readStep(given: Reader): Step {
  switch (given.at('type').value) {
    case 'Watch': {
      given.only('type', 'watchId', 'key', 'rangeEnd', 'startRevision')
      const [watchId, key] = [number(given.at('watchId')), given.at('key').text()]
      const end = optional(given, 'rangeEnd', (one) => one.text())
      return { type: 'Watch', watchId, key, ...end, ...optional(given, 'startRevision', number) }
    }
    case 'Cancel':
      return { type: 'Cancel', watchId: number(given.only('type', 'watchId').at('watchId')) }
    case 'Room': {
      const room = given.only('type', 'watchId', 'room').at('room')
      return { type: 'Room', watchId: number(given.at('watchId')), room: room.value === null ? null : number(room) }
    }
    case 'Restore': {
      given.only('type', 'bump', 'markCompacted')
      const bump = optional(given, 'bump', number)
      return { type: 'Restore', ...bump, ...optional(given, 'markCompacted', (one) => one.flag()) }
    }
    case 'Sync':
    case 'Progress':
    case 'Snapshot':
      return { type: given.only('type').at('type').oneOf(['Sync', 'Progress', 'Snapshot']) }
    default:
      return readStoreStep(given)
  }
}

/** A response, as `inWords` has it. */
function readResponse(given: Reader): string {
  if (given.isList) {
    const events = given.list()
    for (const event of events) if (!/^(PUT .+=.*|DELETE .+) @\d+$/.test(event.text())) event.refuse(say('want-event'))
    return events.map((event) => event.text()).join(', ')
  }
  if (!given.isText || !/^(compacted )?@\d+$/.test(given.text())) given.refuse(say('want-response'))
  return given.text()
}

function read(given: Reader): Example {
  given.only('name', 'steps', 'told')
  const steps = given.at('steps').list().map(readStep)
  const saved = steps.findIndex(({ type }) => type === 'Snapshot')
  const restored = steps.findIndex(({ type }) => type === 'Restore')
  if (restored >= 0 && (saved < 0 || saved > restored)) given.at('steps').refuse(say('want-snapshot'))
  const told = given.at('told').entries()
  if (told.length === 0) given.at('told').refuse(say('want-told'))
  const begun = steps.flatMap((step) => (step.type === 'Watch' ? [step.watchId] : []))
  return {
    steps,
    told: new Map(
      told.map(([name, responses]) => {
        if (begun.filter((id) => String(id) === name).length !== 1) responses.refuse(say('want-watch'))
        return [Number(name), together(responses.list().map(readResponse))] as const
      }),
    ),
  }
}

/** Two responses of events say the same as one with both, if they are not of one revision. */
function together(responses: readonly string[]): string[] {
  const said: string[] = []
  for (const response of responses) {
    const before = said.at(-1)
    const isMore = before !== undefined && isEvents(before) && isEvents(response)
    const isTorn = isMore && revisionOf(before.split(', ').at(-1)!) === revisionOf(response.split(', ')[0]!)
    if (isMore && !isTorn) said[said.length - 1] = `${before}, ${response}`
    else said.push(response)
  }
  return said
}

const isEvents = (response: string): boolean => /^(PUT|DELETE) /.test(response)
const revisionOf = (event: string): string => event.slice(event.lastIndexOf('@'))

function inWords({ revision, events, compactRevision }: WatchResponse): string {
  if (compactRevision) return `compacted @${compactRevision}`
  if (!Array.isArray(events)) return show(events)
  if (events.length === 0) return `@${revision}`
  return events
    .map((event) => {
      const { type, kv } = event ?? {}
      return `${type} ${kv?.key}${type === 'PUT' ? `=${kv?.value}` : ''} @${kv?.modRevision}`
    })
    .join(', ')
}

function run(trial: Trial<any>, { steps, told }: Example): void {
  const ids = [...told.keys()]
  const end: Step[] = [...ids.map((watchId): Step => ({ type: 'Room', watchId, room: null })), { type: 'Sync' }]
  const outcomes = LearnerStore.playAll(trial, [...steps, ...end], stepInWords)
  const sent = outcomes.flatMap((outcome) => outcome.sent).filter(({ taken }) => taken)
  for (const [watch, expected] of told) {
    const own = sent.map(({ response }) => response as WatchResponse | null).filter((one) => one?.watchId === watch)
    const actual = together(own.map((response) => inWords(response!)))
    trial.equal(actual, expected, say('told-otherwise', { watch }))
  }
}

export default defineTests<Example>({
  guest: storeGuest(),
  threshold: 20,
  // What they get wrong is in the answers of the restored store, not in what is told; the last tells too much only now and then.
  beyond: [
    ...['bump-moves-the-past', 'restored-keys-unsorted', 'snapshot-without-deletions'],
    'log-keeps-the-newest-of-a-key',
  ],
  read,
  run,
  texts: joinTexts(storeTexts, texts),
})
