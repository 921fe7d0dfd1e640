/** Our own examples for `cas-update`: together they catch every wrong solution that examples can catch. */
import type { CasExample, ExampleDeed, ExampleUpdate } from 'clusterwright/storage-tests'

type Expectation = CasExample['expect']

const example = (
  name: string,
  updates: readonly ExampleUpdate[],
  expect: Expectation,
  more: { count?: number | null; others?: readonly ExampleDeed[] } = {},
): CasExample => ({ name, updates, expect, ...more })

const one = { add: 1 }
const [added, deleted, created] = (['add', 'delete', 'create'] as const).map((what): ExampleDeed => ({
  atMs: 2,
  do: what,
}))
const anew = { others: [deleted!, created!] }
const outrun = { others: [added!] }

const examples: CasExample[] = [
  example('one update', [{ add: 2 }], { answers: [200], count: 2, revisions: 1 }),
  example('there is no object', [one], { answers: [404], count: null, revisions: 0 }, { count: null }),
  example('a refusal', [{ add: 1, refuseFrom: 3 }], { answers: [422], count: 3, revisions: 0 }, { count: 3 }),
  example('nothing changes', [{ label: 'gold' }, { label: 'gold', atMs: 20 }], { answers: [200, 200], revisions: 1 }),
  example('a label is a change', [{ label: 'gold' }], { answers: [200], revisions: 1 }),
  example('two at once', [one, one], { answers: [200, 200], count: 2, revisions: 2 }),
  example('eight at once', [one, one, one, one, one, one, one, one], {
    count: 8,
    answers: [200, 200, 200, 200, 200, 200, 200, 200],
  }),
  example('somebody is faster', [one], { answers: [200], count: 2, revisions: 2 }, outrun),
  example('what it wanted is there by then', [{ label: 'gold' }, { label: 'gold' }], {
    answers: [200, 200],
    revisions: 1,
  }),
  example('it would refuse by then', [{ add: 1, refuseFrom: 1 }], { answers: [422], count: 1 }, outrun),
  example('deleted meanwhile', [one], { answers: [404], count: null }, { others: [deleted!] }),
  example('deleted and made anew', [one], { answers: [200], count: 1, revisions: 3 }, { count: 5, ...anew }),
  example('made only later', [one], { answers: [404], count: 0 }, { count: null, others: [created!] }),

  example('the version that is insisted on', [{ add: 1, resourceVersion: 'first' }], { answers: [200], count: 1 }),
  example('another version', [{ add: 1, resourceVersion: 'other' }], { answers: [409], count: 0, revisions: 0 }),
  example('the version has passed', [{ add: 1, resourceVersion: 'first' }], { answers: [409], count: 1 }, outrun),
  example('another UID', [{ add: 1, uid: 'other' }], { answers: [409], count: 0, revisions: 0 }),
  example('the UID, although somebody writes', [{ add: 1, uid: 'first' }], { answers: [200], count: 2 }, outrun),
  example('the UID of one that was deleted', [{ add: 1, uid: 'first' }], { answers: [409], count: 0 }, anew),
  example('one of both holds', [{ add: 1, uid: 'first', resourceVersion: 'other' }], { answers: [409], count: 0 }),
  example('the other of both holds', [{ add: 1, uid: 'other', resourceVersion: 'first' }], {
    answers: [409],
    count: 0,
  }),

  example('another UID, and a refusal', [{ add: 1, refuseFrom: 3, uid: 'other' }], { answers: [409] }, { count: 3 }),
  example(
    'another version, and nothing changes',
    [{ label: 'gold' }, { label: 'gold', resourceVersion: 'first', atMs: 20 }],
    { answers: [200, 409], revisions: 1 },
  ),

  example('a read without an answer', [{ add: 1, lost: { call: 1, carriedOut: true } }], { answers: [504], count: 0 }),
  example('a write that nobody heard of', [{ add: 1, lost: { call: 2, carriedOut: true } }], {
    count: 1,
    revisions: 1,
  }),
  example('a write that got lost', [{ add: 1, lost: { call: 2, carriedOut: false } }], { answers: [504], count: 0 }),
  example(
    'a write that got lost when another was faster',
    [{ add: 1, lost: { call: 2, carriedOut: false } }],
    { answers: [504], count: 1 },
    outrun,
  ),
]

export default examples
