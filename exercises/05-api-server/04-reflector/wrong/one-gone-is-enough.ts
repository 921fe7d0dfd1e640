// check: who is told 410 lists anew, and finds what is gone
// hint: anew
// Finds the first that is gone, and leaves it at that.
// es: Encuentra el primero que falta, y ahí lo deja.
import type { KubernetesObject } from 'clusterwright/api'
import type { Ask, Delta, Heard, Reflector } from 'clusterwright/reflector'

const GONE = 410

export default class implements Reflector {
  readonly #cache = new Map<string, KubernetesObject>()
  /** The last version heard of; empty: a list is due. */
  #resourceVersion = ''

  next(): Ask {
    if (this.#resourceVersion === '') return { op: 'list' }
    return { op: 'watch', resourceVersion: this.#resourceVersion }
  }

  on(heard: Heard): Delta[] {
    switch (heard.type) {
      case 'LISTED':
        this.#resourceVersion = heard.resourceVersion
        return this.#replace(heard.items)
      case 'BOOKMARK':
        this.#resourceVersion = heard.object.metadata.resourceVersion
        return []
      case 'ENDED':
        if (heard.code === GONE) this.#resourceVersion = ''
        return []
      case 'DELETED':
        this.#resourceVersion = heard.object.metadata.resourceVersion!
        return this.#remove(keyOf(heard.object))
      default:
        this.#resourceVersion = heard.object.metadata.resourceVersion!
        return this.#put(heard.object)
    }
  }

  cache(): ReadonlyMap<string, KubernetesObject> {
    return this.#cache
  }

  #replace(items: readonly KubernetesObject[]): Delta[] {
    const present = new Set(items.map(keyOf))
    const gone = [...this.#cache.keys()].filter((key) => !present.has(key))
    return [...gone.slice(0, 1).flatMap((key) => this.#remove(key)), ...items.flatMap((object) => this.#put(object))]
  }

  #put(object: KubernetesObject): Delta[] {
    const old = this.#cache.get(keyOf(object))
    if (old?.metadata.resourceVersion === object.metadata.resourceVersion) return []
    this.#cache.set(keyOf(object), object)
    return [{ type: old ? 'updated' : 'added', object }]
  }

  #remove(key: string): Delta[] {
    const object = this.#cache.get(key)
    this.#cache.delete(key)
    return object ? [{ type: 'deleted', object }] : []
  }
}

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `namespace/name`. */
function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return `${namespace ?? ''}/${name}`
}
