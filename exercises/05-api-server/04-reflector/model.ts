/** What a reflector must say at each moment, and what is said of one that says something else. */
import { type Finding, type ReflectorRecord, type Sayable, show } from 'clusterwright/kit'
import type { KubernetesObject } from 'clusterwright/api'
import type { Ask, Heard } from 'clusterwright/reflector'
import { say } from './texts.ts'

export const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`
const versionOf = ({ metadata }: KubernetesObject): string => metadata.resourceVersion ?? ''
/** `web@12`, or `shop/web@12` in another namespace than the default. */
const inWords = (object: KubernetesObject): string => `${keyOf(object).replace(/^default\//, '')}@${versionOf(object)}`
const copyInWords = (copy: ReadonlyMap<string, KubernetesObject>): string =>
  [...copy.values()].map(inWords).sort().join(' ') || '-'

export function heardInWords(heard: Heard): string {
  if (heard.type === 'LISTED') return `LISTED ${heard.resourceVersion} ${heard.items.map(inWords).join(' ')}`.trim()
  if (heard.type === 'ENDED') return `ENDED ${heard.code}`
  if (heard.type === 'BOOKMARK') return `BOOKMARK ${heard.object.metadata.resourceVersion}`
  return `${heard.type} ${inWords(heard.object)}`
}

export const askInWords = (ask: unknown): string => {
  const { op, resourceVersion } = (ask ?? {}) as Partial<Record<string, unknown>>
  if (op === 'list') return 'list'
  if (op !== 'watch') return show(ask)
  return typeof resourceVersion === 'string'
    ? `watch ${resourceVersion}`
    : `watch ${show(resourceVersion)} (${typeof resourceVersion})`
}

/** With sorted keys, so that two that hold the same read the same. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )

interface Answer {
  readonly deltas: unknown
  readonly cache: readonly (readonly [string, KubernetesObject])[]
}

export class Model {
  copy: ReadonlyMap<string, KubernetesObject> = new Map()
  /** Empty: a list is due. */
  #version = ''
  /** Why a watch goes on from there, or a list is due. */
  #because: 'nothing' | 'list' | 'change' | 'bookmark' | 'gone' = 'nothing'
  #isResumed = false

  expectedAsk(): Ask {
    return this.#version === '' ? { op: 'list' } : { op: 'watch', resourceVersion: this.#version }
  }

  /** Takes in what was said, in the order in which it was; a finding where it is wrong. */
  take(record: ReflectorRecord): Finding | undefined {
    if ('asked' in record) return this.#judgeAsk(record.answer)
    const heard = record.told as Heard
    const before = this.copy
    this.#hear(heard)
    const { deltas, cache } = record.answer as Answer
    return this.#judgeDeltas(heard, before, deltas) ?? this.#judgeCopy(heard, cache)
  }

  #hear(heard: Heard): void {
    if (heard.type === 'ENDED') {
      this.#isResumed = true
      if (heard.code !== 410) return
      this.#version = ''
      this.#because = 'gone'
      return
    }
    if (heard.type === 'LISTED') {
      this.copy = new Map(heard.items.map((object) => [keyOf(object), object]))
      this.#version = heard.resourceVersion
      this.#because = 'list'
      this.#isResumed = false
      return
    }
    this.#version = heard.object.metadata.resourceVersion!
    this.#because = heard.type === 'BOOKMARK' ? 'bookmark' : 'change'
    if (heard.type === 'BOOKMARK') return
    const key = keyOf(heard.object)
    const next = new Map(this.copy)
    if (heard.type === 'DELETED') next.delete(key)
    else next.set(key, heard.object)
    this.copy = next
  }

  #judgeAsk(answer: unknown): Finding | undefined {
    const expected = askInWords(this.expectedAsk())
    const actual = askInWords(answer)
    if (expected === actual) return undefined
    const isRelist = actual === 'list' && expected !== 'list'
    const rule = isRelist ? (this.#isResumed ? 'relists' : 'lists-again') : `next-${this.#because}`
    const hint = this.#because === 'gone' ? 'anew' : this.#because === 'nothing' ? 'states' : 'resume'
    return { message: say(rule as 'relists'), expected, actual, hint }
  }

  #judgeDeltas(heard: Heard, before: ReadonlyMap<string, KubernetesObject>, given: unknown): Finding | undefined {
    const deltas = (given ?? []) as readonly { type?: unknown; object?: KubernetesObject }[]
    const what = heardInWords(heard)
    const hint = heard.type === 'LISTED' && before.size > 0 ? 'anew' : 'deltas'
    if (!Array.isArray(deltas))
      return { message: say('no-list', { what }), expected: '[…]', actual: show(given), hint: 'deltas' }
    const mirror = new Map(before)
    const told = deltas.map(({ type, object }) => `${show(type)} ${object?.metadata ? inWords(object) : show(object)}`)
    const wrong = (rule: Parameters<typeof say>[0], expected: Sayable, actual: Sayable): Finding => ({
      message: say(rule, { what }),
      ...{ expected, actual, hint },
    })
    for (const [index, { type, object }] of deltas.entries()) {
      if (!object?.metadata) return wrong('no-delta', '{ type, object }', show(deltas[index]))
      const key = keyOf(object)
      const old = mirror.get(key)
      if (type === 'deleted') {
        if (!old) return wrong('deleted-nothing', say('nothing'), told[index]!)
        const isThere = this.copy.get(key)?.metadata.uid === old.metadata.uid
        if (isThere) return wrong('still-there', inWords(this.copy.get(key)!), told[index]!)
        mirror.delete(key)
      } else if (type === 'added' || type === 'updated') {
        if (old && versionOf(old) === versionOf(object)) return wrong('no-change', say('nothing'), told[index]!)
        if (old && Number(versionOf(old)) > Number(versionOf(object))) return wrong('back', inWords(old), told[index]!)
        const right = old ? 'updated' : 'added'
        if (type !== right) return wrong('other-type', `${right} ${inWords(object)}`, told[index]!)
        mirror.set(key, object)
      } else return wrong('no-delta', 'added, updated, deleted', show(type))
    }
    const missed = [...before.keys()].find((key) => mirror.has(key) && !this.copy.has(key))
    if (missed !== undefined)
      return wrong(
        heard.type === 'LISTED' ? 'deletion-missed' : 'not-told',
        `deleted ${missed.replace(/^default\//, '')}`,
        told.join(', ') || '[]',
      )
    if (copyInWords(mirror) === copyInWords(this.copy)) return undefined
    return wrong('not-told', copyInWords(this.copy), told.join(', ') || '[]')
  }

  #judgeCopy(heard: Heard, cache: Answer['cache']): Finding | undefined {
    const what = heardInWords(heard)
    const hint = heard.type === 'LISTED' ? 'anew' : 'deltas'
    const odd = cache.find(([key, object]) => !object?.metadata || key !== keyOf(object))
    if (odd) return { message: say('other-key', { what }), expected: say('key'), actual: show(odd[0]), hint: 'deltas' }
    const [expected, actual] = [copyInWords(this.copy), copyInWords(new Map(cache))]
    if (expected !== actual) return { message: say('other-copy', { what }), expected, actual, hint }
    const other = cache.find(([key, object]) => text(object) !== text(this.copy.get(key)))
    if (!other) return undefined
    const [right, given] = [this.copy.get(other[0]), other[1]]
    return {
      message: say('other-object', { what }),
      ...{ expected: show(right), actual: show(given), values: { expected: right, actual: given }, hint: 'deltas' },
    }
  }
}
