/** A learner's own examples for `quorum-math`: how they are read, and how a submission is held against them. */
import { defineTests, functionsGuest, type Reader, type Trial } from 'clusterwright/kit'
import type { Member } from 'clusterwright/quorum'
import { say, texts } from './tests-texts.ts'

interface Example {
  readonly ask: 'analyze' | 'survives'
  readonly given: readonly unknown[]
  readonly expect: Readonly<Record<string, number | boolean>>
}

const TOPOLOGIES = ['stacked', 'external'] as const
const MEMBERS_MAX = 20
const MOST = 100

function readMember(given: Reader): Member {
  given.only('id', 'voter', 'up')
  return { id: given.at('id').text(), voter: given.at('voter').flag(), up: given.at('up').flag() }
}

/** Of these fields those that are named; each is read by its own reading. */
function readExpect(given: Reader, fields: Readonly<Record<string, (value: Reader) => number | boolean>>) {
  given.only(...Object.keys(fields))
  const named = Object.entries(fields).filter(([name]) => given.at(name).isThere)
  if (named.length === 0) given.refuse(say('want-expectation'))
  return Object.fromEntries(named.map(([name, readField]) => [name, readField(given.at(name))]))
}

const number = (value: Reader): number => value.whole(0, MOST)
const flag = (value: Reader): boolean => value.flag()

function read(given: Reader): Example {
  const expect = given.at('expect')
  if (given.at('topology').isThere) {
    given.only('name', 'topology', 'failedHosts', 'expect')
    const hosts = given
      .at('failedHosts')
      .list()
      .map((host) => host.text())
    const topology = given.at('topology').oneOf(TOPOLOGIES)
    return { ask: 'survives', given: [topology, hosts], expect: readExpect(expect, { api: flag, store: flag }) }
  }
  const members = given.only('name', 'members', 'expect').at('members')
  const all = members.list(MEMBERS_MAX).map(readMember)
  if (!all.some(({ voter }) => voter)) members.refuse(say('want-voter'))
  const fields = { quorum: number, tolerates: number, available: flag }
  return { ask: 'analyze', given: [all], expect: readExpect(expect, fields) }
}

function run(trial: Trial<any>, { ask, given, expect }: Example): void {
  const answer = trial.call(trial.start(), ask, given, ask)
  const fields = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
  const asked = Object.fromEntries(Object.keys(expect).map((name) => [name, fields[name]]))
  trial.equal(asked, expect, say('answers-otherwise', { name: ask }))
}

export default defineTests<Example>({
  guest: functionsGuest(['analyze', 'survives']),
  threshold: 12,
  // It goes wrong from the second call on, and an example makes one.
  beyond: ['remembers-members'],
  read,
  run,
  texts,
})
