// Two states, each a function of what is heard; the copy is replaced, never changed.
import type { KubernetesObject } from 'clusterwright/api'
import type { Ask, Delta, Heard, Reflector } from 'clusterwright/reflector'

type Copy = ReadonlyMap<string, KubernetesObject>
interface State {
  readonly ask: Ask
  readonly copy: Copy
}

const LISTING: Ask = Object.freeze({ op: 'list' })
const watching = (resourceVersion: string): Ask => ({ op: 'watch', resourceVersion })
const key = ({ metadata }: KubernetesObject): string => [metadata.namespace, metadata.name].join('/')

function after({ ask, copy }: State, heard: Heard): State {
  if (heard.type === 'ENDED') return { copy, ask: heard.code === 410 ? LISTING : ask }
  if (heard.type === 'LISTED')
    return { copy: new Map(heard.items.map((item) => [key(item), item])), ask: watching(heard.resourceVersion) }
  const next = watching(`${heard.object.metadata.resourceVersion}`)
  if (heard.type === 'BOOKMARK') return { copy, ask: next }
  const rest = [...copy].filter(([name]) => name !== key(heard.object))
  return { ask: next, copy: new Map(heard.type === 'DELETED' ? rest : [...rest, [key(heard.object), heard.object]]) }
}

/** What leads from one copy to another; an object that was made anew is another object. */
function difference(before: Copy, now: Copy): Delta[] {
  const deltas: Delta[] = []
  for (const [name, object] of before) {
    const other = now.get(name)
    if (!other || other.metadata.uid !== object.metadata.uid) deltas.push({ type: 'deleted', object })
  }
  for (const [name, object] of now) {
    const old = before.get(name)
    if (old?.metadata.uid !== object.metadata.uid) deltas.push({ type: 'added', object })
    else if (old?.metadata.resourceVersion !== object.metadata.resourceVersion) deltas.push({ type: 'updated', object })
  }
  return deltas
}

export default class Machine implements Reflector {
  state: State = { ask: LISTING, copy: new Map() }
  next = () => this.state.ask
  cache = () => this.state.copy
  on = (heard: Heard) => {
    const { copy } = this.state
    this.state = after(this.state, heard)
    return difference(copy, this.state.copy)
  }
}
