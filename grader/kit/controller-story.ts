/** What a learner's controller does and hears, as events of a story; see `story-recorder.ts`. */
import { resourceNamed } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Event } from '#cluster/kernel/component.ts'
import type { Answer } from '../sandbox/sandbox.ts'
import type { Sayable } from '../verdict/said.ts'
import type { ClientCall } from './controller-calls.ts'
import type { Noted, StoryRecorder } from './story-recorder.ts'
import { type Notice, noticed } from './story-words.ts'

const NAMES_MAX = 4

export class ControllerStory {
  readonly #story: StoryRecorder

  constructor(story: StoryRecorder) {
    this.#story = story
  }

  started(life: number): void {
    if (life > 1) this.#own('fault', { key: 'grader.story.starts-again' }, `life ${life}`, { tone: 'bad' })
  }

  dies(number: number): void {
    this.#own('fault', { key: 'grader.story.dies', params: { number: String(number) } }, `dies ${number}`, {
      tone: 'bad',
    })
  }

  heard(delta: Delta): void {
    const { type, object } = delta
    this.#story.show('cache', object, type === 'deleted')
    const notice = noticed(type, object, type === 'added' ? undefined : delta.old)
    if (notice) this.#news('hear', 'grader.story.hears', notice, object)
  }

  /** A change of which the cache is never told. */
  missed(event: Event): void {
    const { object, type } = ((event as { body?: { event?: unknown } }).body?.event ?? {}) as {
      object?: KubernetesObject
      type?: string
    }
    if (!object) return
    const how = type === 'ADDED' ? 'added' : type === 'DELETED' ? 'deleted' : 'updated'
    const what = { key: 'grader.story.changes', params: { what: `${object.kind} ${object.metadata.name}` } }
    const notice =
      how === 'updated' ? { what, sign: 'changes', tone: 'plain' as const } : noticed(how, object, undefined)
    this.#news('fault', 'grader.story.misses', notice!, object)
  }

  #news(deed: 'hear' | 'fault', key: string, notice: Notice, object: KubernetesObject): void {
    const { what, ...rest } = this.#story.changed('cache', 'hear', notice, object)
    const tone = deed === 'fault' ? 'bad' : 'plain'
    this.#story.note({ ...rest, deed, what: { key, params: { news: what } }, tone })
  }

  begins(key: string): void {
    this.#own('begin', { key: 'grader.story.begins', params: { task: `reconcile(${key})` } }, 'begins', { by: key })
  }

  ends(key: string, thrown?: string): void {
    const task = `reconcile(${key})`
    if (thrown === undefined) {
      return this.#own('end', { key: 'grader.story.ends', params: { task } }, 'ends', { by: key, tone: 'good' })
    }
    const what = { key: 'grader.story.throws', params: { task, what: thrown } }
    this.#own('end', what, 'throws', { by: key, tone: 'bad' })
  }

  /** The cache has answered. */
  read(call: ClientCall, found: readonly KubernetesObject[], by: string): void {
    const { kind } = resourceNamed(call.resource)
    const sign = `${call.verb} ${call.resource} ${call.name ?? ''}`
    const resource = call.resource
    if (call.verb === 'get') {
      const key = found.length === 0 ? 'grader.story.reads-none' : 'grader.story.reads'
      return this.#own('read', { key, params: { what: `${kind} ${call.name}` } }, sign, { by, resource })
    }
    const names = found.slice(0, NAMES_MAX).map(({ metadata }) => metadata.name)
    if (found.length > NAMES_MAX) names.push('…')
    const params = { kind, count: found.length, names: names.join(', ') }
    const what =
      found.length === 0 ? { key: 'grader.story.lists-none', params: { kind } } : { key: 'grader.story.lists', params }
    this.#own('read', what, sign, { by, resource })
  }

  /** A call leaves for the API server. */
  calls(call: ClientCall, by: string): void {
    const isRead = call.verb === 'get' || call.verb === 'list'
    const key = isRead ? 'grader.story.asks' : 'grader.story.calls'
    this.#own(isRead ? 'read' : 'write', { key, params: { call: wordsOf(call) } }, this.#signOf(call), {
      ...this.#about(call),
      by,
    })
  }

  answered(call: ClientCall, answer: Answer, by: string): void {
    const about = this.#about(call)
    const tell = (what: Sayable, sign: string, tone: Noted['tone'] = 'plain', more: Partial<Noted> = {}) =>
      this.#own('answer', what, `${this.#signOf(call)} ${sign}`, { ...about, by, tone, ...more })
    const params = { call: wordsOf(call) }
    if ('error' in answer) {
      const { reason, name } = answer.error as { reason?: string; name: string }
      return tell({ key: 'grader.story.answered', params: { ...params, what: reason ?? name } }, `${reason}`, 'bad')
    }
    const object = (answer.value as { value?: unknown } | undefined)?.value as KubernetesObject | undefined
    if (call.verb !== 'create' || !object) return tell({ key: 'grader.story.done', params }, 'done')
    const named = { about: this.#story.about(resourceNamed(call.resource).kind, object) }
    const what = { key: 'grader.story.answered', params: { ...params, what: object.metadata.name } }
    tell(what, `created`, 'pod', named)
  }

  /** It was carried out, and the caller is not told so, but perhaps something else. */
  lost(call: ClientCall, by: string, told?: string): void {
    const key = told === undefined ? 'grader.story.answer-lost' : 'grader.story.told-instead'
    const what = { key, params: { call: wordsOf(call), ...(told !== undefined && { reason: told }) } }
    this.#own('fault', what, `${this.#signOf(call)} ${told ?? 'lost'}`, { ...this.#about(call), by, tone: 'bad' })
  }

  turnedAway(call: ClientCall, reason: string, by: string): void {
    const what = { key: 'grader.story.turned-away', params: { call: wordsOf(call), reason } }
    this.#own('fault', what, `${this.#signOf(call)} ${reason}`, { ...this.#about(call), by, tone: 'bad' })
  }

  #own(deed: Noted['deed'], what: Sayable, sign: string, more: Partial<Noted>): void {
    this.#story.note({ lane: 'controller', deed, what, sign, ...more })
  }

  #about({ id, resource, namespace, name }: ClientCall): Pick<Noted, 'resource' | 'call'> & { about?: string } {
    const { kind } = resourceNamed(resource)
    const named =
      name === undefined ? {} : { about: this.#story.named({ kind, name, ...(namespace && { namespace }) }) }
    return { resource, call: id, ...named }
  }

  #signOf(call: ClientCall): string {
    return `${call.verb} ${this.#about(call).about ?? call.resource}`
  }
}

/** `create Pod`, `delete Pod web-1`. */
function wordsOf({ verb, resource, name }: ClientCall): string {
  return `${verb} ${resourceNamed(resource).kind}${name === undefined ? '' : ` ${name}`}`
}
