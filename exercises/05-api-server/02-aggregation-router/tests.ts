/** A learner's own examples for `aggregation-router`: how they are read, and how a submission is held against them. */
import { defineTests, functionsGuest, type Reader, type Trial } from 'clusterwright/kit'
import type { APIService, DiscoveredGroup, Route } from 'clusterwright/aggregation'
import { say, texts } from './tests-texts.ts'

interface Example {
  readonly ask: 'route' | 'discover'
  readonly given: readonly unknown[]
  readonly expect: Route | readonly DiscoveredGroup[]
}

const SERVICES_MAX = 30
const PRIORITY_MAX = 20_000
const PORT_MAX = 65_535
const PATH_MAX = 300

/** The core group has an empty name. */
const textIn = (given: Reader): string => (given.value === '' ? '' : given.text())

const nameIn = (given: Reader) => ({ namespace: given.at('namespace').text(), name: given.at('name').text() })
const portIn = (given: Reader): number => given.at('port').whole(1, PORT_MAX)

function readService(given: Reader) {
  given.only('namespace', 'name', 'port')
  return { ...nameIn(given), ...(given.at('port').isThere && { port: portIn(given) }) }
}

function readApiService(given: Reader): APIService {
  given.only('metadata', 'spec', 'status')
  const spec = given.at('spec').only('group', 'version', 'service', 'groupPriorityMinimum', 'versionPriority')
  const [group, version] = [textIn(spec.at('group')), spec.at('version').text()]
  const name = given.at('metadata').only('name').at('name')
  if (name.text() !== `${version}.${group}`) name.refuse(say('want-name', { name: `${version}.${group}` }))
  const status = given.at('status')
  const conditions = status.isThere ? status.only('conditions').at('conditions') : status
  return {
    metadata: { name: name.text() },
    spec: {
      ...{ group, version },
      ...(spec.at('service').isThere && { service: readService(spec.at('service')) }),
      groupPriorityMinimum: spec.at('groupPriorityMinimum').whole(0, PRIORITY_MAX),
      versionPriority: spec.at('versionPriority').whole(0, PRIORITY_MAX),
    },
    ...(conditions.isThere && {
      status: {
        conditions: conditions.list().map((one) => ({
          type: one.only('type', 'status', 'reason').at('type').text(),
          status: one.at('status').oneOf(['True', 'False', 'Unknown'] as const),
        })),
      },
    }),
  }
}

function readRoute(given: Reader): Route {
  if (given.at('status').isThere) {
    const status = given.only('status').at('status').whole(404, 503)
    if (status !== 404 && status !== 503) given.at('status').refuse(say('want-status'))
    return { status: status as 404 | 503 }
  }
  if (!given.at('to').isThere) given.refuse(say('want-route'))
  if (given.at('to').oneOf(['local', 'service'] as const) === 'local') {
    given.only('to')
    return { to: 'local' }
  }
  given.only('to', 'namespace', 'name', 'port')
  return { to: 'service', ...nameIn(given), port: portIn(given) }
}

function read(given: Reader): Example {
  const services = given.at('apiServices')
  const all = services.list(SERVICES_MAX).map(readApiService)
  if (new Set(all.map(({ metadata }) => metadata.name)).size < all.length) services.refuse(say('want-once'))
  if (given.at('discovers').isThere) {
    given.only('name', 'apiServices', 'discovers')
    const expect = given
      .at('discovers')
      .list(SERVICES_MAX)
      .map((one) => ({
        group: one.only('group', 'versions').at('group').text(),
        versions: one
          .at('versions')
          .list(SERVICES_MAX)
          .map((version) => version.text()),
      }))
    return { ask: 'discover', given: [all], expect }
  }
  const path = given.only('name', 'apiServices', 'path', 'expect').at('path')
  if (!path.text().startsWith('/') || path.text().length > PATH_MAX) path.refuse(say('want-path'))
  return { ask: 'route', given: [path.text(), all], expect: readRoute(given.at('expect')) }
}

function run(trial: Trial<any>, { ask, given, expect }: Example): void {
  const answer = trial.call(trial.start(), ask, given, ask)
  trial.equal(asked(answer, expect), expect, say('answers-otherwise', { name: ask }))
}

/** Of an answer what the example speaks of. */
function asked(answer: unknown, expect: unknown): unknown {
  if (Array.isArray(answer) && Array.isArray(expect))
    return answer.map((one) => ({ group: one?.group, versions: one?.versions }))
  if (typeof answer !== 'object' || answer === null || Array.isArray(expect)) return answer
  const fields = ['to', 'namespace', 'name', 'port', 'status'].filter((name) => name in answer)
  return Object.fromEntries(fields.map((name) => [name, (answer as Record<string, unknown>)[name]]))
}

export default defineTests<Example>({
  guest: functionsGuest(['route', 'discover']),
  threshold: 16,
  // It goes wrong from the second call on, and an example makes one.
  beyond: ['remembers-until-names-change', 'remembers-who-claimed'],
  read,
  run,
  texts,
})
