// Keeps objects in a plain array, and works out the map only when it is asked for.
import type { KubernetesObject } from 'clusterwright/api'
import type { Delta, Heard, Reflector } from 'clusterwright/reflector'

class Copy implements Reflector {
  private objects: KubernetesObject[] = []
  private version: string | null = null

  next() {
    return this.version === null ? ({ op: 'list' } as const) : ({ op: 'watch', resourceVersion: this.version } as const)
  }

  on(heard: Heard): Delta[] {
    const deltas: Delta[] = []
    if (heard.type === 'ENDED') {
      if (heard.code === 410) this.version = null
    } else if (heard.type === 'LISTED') {
      this.version = heard.resourceVersion
      // Whatever is new first; whatever is missing last.
      for (const item of heard.items) this.store(item, deltas)
      for (const object of [...this.objects]) {
        if (!heard.items.some((item) => this.isOne(item, object))) this.drop(object, deltas)
      }
    } else {
      this.version = heard.object.metadata.resourceVersion ?? this.version
      if (heard.type === 'DELETED') this.drop(heard.object, deltas)
      else if (heard.type !== 'BOOKMARK') this.store(heard.object, deltas)
    }
    return deltas
  }

  cache() {
    return new Map(this.objects.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object]))
  }

  private isOne(a: KubernetesObject, b: KubernetesObject): boolean {
    return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace
  }

  private store(object: KubernetesObject, deltas: Delta[]): void {
    const at = this.objects.findIndex((other) => this.isOne(other, object))
    if (at < 0) this.objects.push(object)
    else if (this.objects[at]!.metadata.resourceVersion === object.metadata.resourceVersion) return
    else this.objects[at] = object
    deltas.push({ type: at < 0 ? 'added' : 'updated', object })
  }

  private drop(object: KubernetesObject, deltas: Delta[]): void {
    const at = this.objects.findIndex((other) => this.isOne(other, object))
    if (at < 0) return
    this.objects.splice(at, 1)
    deltas.push({ type: 'deleted', object })
  }
}

export { Copy as default }
