/** A learner's own examples for `reflector`: how they are read, and how a submission is held against them. */
import { defineTests, type Reader, reflectorGuest, show, type Trial } from 'clusterwright/kit'
import type { KubernetesObject } from 'clusterwright/api'
import type { Delta, Heard } from 'clusterwright/reflector'
import { askInWords } from './model.ts'
import { say, texts } from './tests-texts.ts'

type Step =
  | { readonly on: Heard; readonly words: string; readonly deltas?: readonly string[] }
  | { readonly next: string }
  | { readonly cache: readonly string[] }

interface Example {
  readonly steps: readonly Step[]
}

const OBJECT = /^([a-z][a-z0-9-]*)@([1-9]\d*)$/

function objectFrom(given: Reader, text: string): KubernetesObject {
  const [, name, resourceVersion] = OBJECT.exec(text) ?? given.refuse(say('want-object'))
  const metadata = { name: name!, namespace: 'default', uid: `uid-${name}`, resourceVersion: resourceVersion! }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata }
}

function readHeard(given: Reader): Heard {
  const [type = '', first = '', ...rest] = given.text().split(' ')
  const isNumber = /^\d+$/.test(first)
  if (type === 'LISTED' && isNumber)
    return { type, resourceVersion: first, items: rest.map((text) => objectFrom(given, text)) }
  const isAlone = rest.length === 0
  if (type === 'BOOKMARK' && isNumber && isAlone) return { type, object: { metadata: { resourceVersion: first } } }
  if (type === 'ENDED' && isNumber && isAlone) return { type, code: Number(first) }
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && isAlone)
    return { type, object: objectFrom(given, first) }
  return given.refuse(say('want-heard'))
}

function readDelta(given: Reader): string {
  if (!/^((added|updated) [a-z][a-z0-9-]*@\d+|deleted [a-z][a-z0-9-]*)$/.test(given.text()))
    given.refuse(say('want-delta'))
  return given.text()
}

function readStep(given: Reader): Step {
  if (given.at('on').isThere) {
    given.only('on', 'deltas')
    const deltas = given.at('deltas')
    return {
      on: readHeard(given.at('on')),
      words: given.at('on').text(),
      ...(deltas.isThere && { deltas: deltas.list().map(readDelta).sort() }),
    }
  }
  if (given.at('next').isThere) {
    const next = given.only('next').at('next')
    if (!/^(list|watch \d+)$/.test(next.text())) next.refuse(say('want-ask'))
    return { next: next.text() }
  }
  if (!given.at('cache').isThere) given.refuse(say('want-step'))
  const objects = given.only('cache').at('cache').list()
  for (const one of objects) if (!OBJECT.test(one.text())) one.refuse(say('want-object'))
  return { cache: objects.map((one) => one.text()).sort() }
}

function read(given: Reader): Example {
  const all = given.only('name', 'steps').at('steps')
  const steps = all.list(100).map(readStep)
  if (!steps.some((step) => !('on' in step) || step.deltas)) all.refuse(say('want-something'))
  return { steps }
}

const inWords = ({ metadata }: KubernetesObject): string => `${metadata?.name}@${metadata?.resourceVersion}`
const deltaInWords = ({ type, object }: Delta): string =>
  object?.metadata ? `${type} ${type === 'deleted' ? object.metadata.name : inWords(object)}` : show(object)

function run(trial: Trial<any>, { steps }: Example): void {
  const guest = trial.start()
  let copy: readonly (readonly [string, KubernetesObject])[] = []
  for (const step of steps) {
    if ('next' in step) trial.equal(askInWords(trial.call(guest, 'next', [0], 'next()')), step.next, say('other-ask'))
    else if ('cache' in step) {
      const actual = copy.map(([, object]) => inWords(object)).sort()
      trial.equal(actual, step.cache, say('other-cache'))
    } else {
      const answer = trial.call(guest, 'on', [0, step.on], step.words) as { deltas: unknown; cache: typeof copy }
      copy = answer.cache
      const deltas = Array.isArray(answer.deltas) ? (answer.deltas as Delta[]) : []
      if (step.deltas)
        trial.equal(deltas.map(deltaInWords).sort(), step.deltas, say('other-deltas', { what: step.words }))
    }
  }
}

export default defineTests<Example>({
  guest: reflectorGuest(),
  threshold: 14,
  // An example has one copy, whose keys it does not see, and objects of one namespace that hold a name and a version.
  beyond: [
    ...['copies-are-shared', 'version-is-shared', 'keyed-by-name', 'keyed-by-uid'],
    ...['gone-by-name', 'namespace-is-default', 'merges-with-the-old'],
  ],
  read,
  run,
  texts,
})
