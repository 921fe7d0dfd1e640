/**
 * Whoever names an object that has a new name names it by that.
 *
 * Where to read upstream: kubernetes-sigs/kustomize `api/internal/accumulator/namereferencetransformer.go`.
 */
import { changeAt, type Json, podSpecOf } from './fields.ts'
import { isNamespaced, namesInPods, namings } from './kinds.ts'
import { type Item, nameOf } from './transformers.ts'

export function mendReferences(items: readonly Item[]): void {
  const renamed = items.filter(({ were }) => were.length > 0)
  const find = (kind: string, name: unknown, isMeant: (item: Item) => boolean): Item | undefined =>
    renamed.find((one) => one.object['kind'] === kind && one.were.includes(name as string) && isMeant(one))
  for (const { object } of items) {
    const { kind, metadata } = object
    const isNear = (one: Item): boolean => isBeside(one, metadata.namespace)
    const spec = podSpecOf(kind as string)
    if (spec !== undefined)
      for (const [of, paths] of Object.entries(namesInPods))
        for (const path of paths) mendAt(object, `${spec}.${path}`, (name) => find(of, name, isNear))
    for (const { of, in: kinds, at } of namings)
      if (kinds.includes(kind)) for (const path of at) mendAt(object, path, (name, { kind: said }) => find(of ?? said, name, isNear)) // prettier-ignore
    mendSubjects(object, (name, namespace) => find('ServiceAccount', name, (one) => one.wasIn === namespace || one.object['metadata'].namespace === namespace)) // prettier-ignore
  }
}

/** Where either has no namespace, it will be the same. */
const isBeside = ({ object }: Item, namespace: string | undefined): boolean =>
  !isNamespaced(object['kind']) || namespace === undefined || (object['metadata'].namespace ?? namespace) === namespace

const mendAt = (object: Json, path: string, find: (name: unknown, beside: Json) => Item | undefined): void =>
  changeAt(object, path, (name, beside) => {
    const found = find(name, beside)
    return found ? nameOf(found) : name
  })

/** A subject says where it is. */
const mendSubjects = (object: Json, find: (name: unknown, namespace: unknown) => Item | undefined): void =>
  changeAt(object, 'subjects[]', (subject) => {
    const found = subject?.kind === 'ServiceAccount' ? find(subject.name, subject.namespace) : undefined
    if (!found) return subject
    const { namespace } = found.object['metadata']
    return { ...subject, name: nameOf(found), ...(namespace && { namespace }) }
  })
