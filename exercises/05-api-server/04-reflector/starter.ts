import type { KubernetesObject } from 'clusterwright/api'
import type { Ask, Delta, Heard, Reflector } from 'clusterwright/reflector'

export default class implements Reflector {
  #cache = new Map<string, KubernetesObject>()

  next(): Ask {
    // TODO: when is a list needed, and from which version does a watch go on? Then take in, in on(), all that can be heard.
    return { op: 'list' }
  }

  on(heard: Heard): Delta[] {
    if (heard.type !== 'LISTED') return []
    return heard.items.map((object) => {
      this.#cache.set(keyOf(object), object)
      return { type: 'added', object }
    })
  }

  cache(): ReadonlyMap<string, KubernetesObject> {
    return this.#cache
  }
}

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `namespace/name`. */
function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return `${namespace ?? ''}/${name}`
}
