/** A reflector and a store, with a connection between them that a case breaks: alone, without a cluster. */
import type { TellLine, Trial } from 'clusterwright/kit'
import type { KubernetesObject } from 'clusterwright/api'
import type { Ask, Heard } from 'clusterwright/reflector'
import type { Act, Case } from './cases.ts'
import { heardInWords, Model } from './model.ts'
import { say } from './texts.ts'

const FIRST_REVISION = 90

interface Change {
  readonly revision: number
  readonly heard: Heard
}

export class Story {
  readonly model = new Model()
  readonly #trial: Trial<any>
  readonly #guest
  readonly #index: number
  readonly #prefix: string
  #revision = FIRST_REVISION
  #forgotten = 0
  /** By name, as acts have it. */
  #objects = new Map<string, KubernetesObject>()
  #changes: Change[] = []
  /** The watch that is open: up to which revision it has told; undefined: none. */
  #told: number | undefined
  /** What was told last by the watch that is open, if it was a change. */
  #last: Heard | undefined
  #refuse: number | undefined
  #asks = 0

  /** `guest` may be another's, whose class makes a second object then. */
  constructor(trial: Trial<any>, guest = trial.start(), index = 0, prefix = '') {
    this.#trial = trial
    this.#guest = guest
    this.#index = index
    this.#prefix = prefix
  }

  play(acts: readonly Act[]): void {
    for (const act of acts) {
      // What comes next is to meet it.
      if (act.do !== 'refuse') this.#connect()
      this.#act(act)
    }
    // In the end all is quiet, and everything arrives.
    this.#refuse = undefined
    for (let round = 0; round < 3; round++) {
      this.#connect()
      this.#hear(Infinity)
    }
  }

  #connect(): void {
    for (let tries = 0; this.#told === undefined && tries < 4; tries++) {
      const ask = this.#next()
      if (ask.op === 'list' && this.#refuse !== undefined) {
        const code = this.#refuse
        this.#refuse = undefined
        this.#on({ type: 'ENDED', code })
      } else if (ask.op === 'list') {
        const items = [...this.#objects.values()]
        this.#on({ type: 'LISTED', resourceVersion: this.#version(), items })
      } else {
        const revision = Number(ask.resourceVersion.slice(this.#prefix.length))
        if (revision < this.#forgotten) this.#on({ type: 'ENDED', code: 410 })
        else this.#told = revision
      }
    }
  }

  #act(act: Act): void {
    switch (act.do) {
      case 'put':
      case 'misname': {
        const { name } = act
        const old = this.#objects.get(name)
        this.#revision++
        const object = newObject(name, this.#version(), old)
        this.#objects.set(name, object)
        return this.#happened({ type: (act.do === 'put') === (old !== undefined) ? 'MODIFIED' : 'ADDED', object })
      }
      case 'delete': {
        const old = this.#objects.get(act.name)
        if (!old) return
        this.#objects.delete(act.name)
        this.#revision++
        const metadata = { ...old.metadata, resourceVersion: this.#version() }
        return this.#happened({ type: 'DELETED', object: { ...old, metadata } })
      }
      case 'flash': {
        if (this.#objects.has(act.name)) return
        this.#revision += 2
        return this.#happened({ type: 'DELETED', object: newObject(act.name, this.#version()) })
      }
      case 'again':
        if (this.#last) this.#on(this.#last)
        return
      case 'elsewhere':
        this.#revision++
        return
      case 'hear':
        return this.#hear(act.count)
      case 'bookmark':
        if (this.#told === undefined) return
        this.#hear(Infinity)
        this.#told = this.#revision
        return this.#on({ type: 'BOOKMARK', object: { metadata: { resourceVersion: this.#version() } } })
      case 'end':
        if (this.#told === undefined) return
        this.#told = undefined
        return this.#on({ type: 'ENDED', code: act.code })
      case 'refuse':
        this.#refuse = act.code
        return
      case 'forget':
        this.#forgotten = this.#revision
    }
  }

  /** The revision as the API has it: a text. */
  #version(): string {
    return `${this.#prefix}${this.#revision}`
  }

  #happened(heard: Heard): void {
    this.#changes.push({ revision: this.#revision, heard })
  }

  #hear(count: number): void {
    for (let told = 0; told < count && this.#told !== undefined; told++) {
      const change = this.#changes.find(({ revision }) => revision > this.#told!)
      if (!change) return
      this.#told = change.revision
      this.#on(change.heard)
    }
  }

  #next(): Ask {
    // Every third time it is asked twice.
    if (++this.#asks % 3 === 0) this.#ask()
    this.#ask()
    return this.model.expectedAsk()
  }

  #ask(): void {
    const answer = this.#trial.call(this.#guest, 'next', [this.#index], 'next()')
    this.#judge({ asked: 'next', answer })
  }

  #on(heard: Heard): void {
    this.#last = 'object' in heard && heard.type !== 'BOOKMARK' ? heard : undefined
    const answer = this.#trial.call(this.#guest, 'on', [this.#index, heard], `on(${heardInWords(heard)})`)
    this.#judge({ told: heard, answer })
  }

  #judge(record: Parameters<Model['take']>[0]): void {
    const finding = this.model.take(record)
    if (finding) this.#trial.fail(finding)
  }
}

/**
 * What it holds tells its version, under a name that changes: what was there before is gone. One write in three changes nothing but
 * the version.
 */
function newObject(path: string, resourceVersion: string, old?: KubernetesObject): KubernetesObject {
  const [namespace, name] = path.includes('/') ? path.split('/') : ['default', path]
  const metadata = { name: name!, namespace, uid: old?.metadata.uid ?? `uid-${resourceVersion}`, resourceVersion }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: old && Number(resourceVersion.slice(-2)) % 3 === 0 ? dataOf(old) : { [`at-${resourceVersion}`]: 'here' },
  } as KubernetesObject
}

const dataOf = (object: KubernetesObject): unknown => (object as unknown as { readonly data: unknown }).data

export function playStory(trial: Trial<any>, { acts, prefix }: Case): void {
  new Story(trial, trial.start(), 0, prefix).play(acts)
}

export const tellStory = ({ acts }: Case): TellLine[] =>
  acts.map((act): TellLine => {
    const what = 'name' in act ? act.name : 'code' in act ? String(act.code) : 'count' in act ? String(act.count) : ''
    const isFault = act.do === 'end' || act.do === 'refuse' || act.do === 'forget'
    return { kind: isFault ? 'fault' : 'step', what: say(`act.${act.do}`, { what }) }
  })
