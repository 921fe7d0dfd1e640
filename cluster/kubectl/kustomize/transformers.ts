/**
 * What a kustomization does to all of its objects: namespace, names, labels, annotations, counts and images, in kustomize's order.
 *
 * Where to read upstream: kubernetes-sigs/kustomize `api/internal/builtins`.
 */
import { changeAt, isRecord, type Json, podSpecOf } from './fields.ts'
import { isNamespaced, keepsItsName, selectorsOf, templatesOf } from './kinds.ts'
import type { Kustomization } from './kustomization.ts'

/** One object on its way. */
export interface Item {
  object: Json
  /** The names that it had before, by which others may still call it. */
  readonly were: string[]
  /** The namespace that it was written with. */
  readonly wasIn: string
  /** Whether its name ends in what it holds. */
  readonly hashed: boolean
}

export function itemOf(object: Json, hashed = false): Item {
  return { object, were: [], wasIn: object['metadata'].namespace ?? 'default', hashed }
}

export const nameOf = ({ object }: Item): string => object['metadata'].name as string

/** `Deployment.v1.apps/web.[noNs]`. */
export function idOf({ apiVersion = '', kind, metadata }: Json): string {
  const [version, group = '[noGrp]'] = (apiVersion as string).split('/').toReversed()
  return `${kind}.${version}.${group}/${metadata.name}.${metadata.namespace ?? '[noNs]'}`
}

export function rename(item: Item, name: string): void {
  const before = nameOf(item)
  if (before === name) return
  item.were.push(before)
  item.object['metadata'].name = name
}

export function transform(items: readonly Item[], kustomization: Kustomization): void {
  const { namespace, namePrefix = '', nameSuffix = '', labels = [], commonLabels, commonAnnotations } = kustomization
  for (const item of items) {
    const { object } = item
    if (namespace) moveTo(item, namespace)
    if (!keepsItsName.has(object['kind'])) rename(item, `${namePrefix}${nameOf(item)}${nameSuffix}`)
    if (commonLabels) label(object, commonLabels, { selectors: true, templates: true })
    for (const { pairs, includeSelectors = false, includeTemplates = false } of labels)
      label(object, pairs, { selectors: includeSelectors, templates: includeSelectors || includeTemplates })
    if (commonAnnotations) {
      const places = ['metadata', ...templatesOf(object['kind'])]
      for (const place of places) add(object, `${place}.annotations`, commonAnnotations, true)
    }
  }
  for (const { name, count } of kustomization.replicas ?? []) setReplicas(items, name, count)
  for (const image of kustomization.images ?? []) for (const { object } of items) setImage(object, image)
}

function moveTo(item: Item, namespace: string): void {
  const { object } = item
  if (object['kind'] === 'Namespace') return rename(item, namespace)
  if (isNamespaced(object['kind'])) object['metadata'].namespace = namespace
  // The account that every namespace has is meant where it is.
  changeAt(object, 'subjects[]', (subject) =>
    subject?.kind === 'ServiceAccount' && subject.name === 'default' ? { ...subject, namespace } : subject,
  )
}

const add = (object: Json, path: string, more: Readonly<Record<string, string>>, makes: boolean): void =>
  changeAt(object, path, (there) => ({ ...there, ...more }), makes)

function label(
  object: Json,
  pairs: Readonly<Record<string, string>>,
  also: { readonly selectors: boolean; readonly templates: boolean },
): void {
  const kind = object['kind'] as string
  add(object, 'metadata.labels', pairs, true)
  if (also.templates) {
    for (const place of templatesOf(kind)) add(object, `${place}.labels`, pairs, true)
    if (kind === 'StatefulSet') changeAt(object, 'spec.volumeClaimTemplates[]', (claim) => labelled(claim, pairs))
  }
  if (!also.selectors) return
  for (const path of selectorsOf[kind]?.made ?? []) add(object, path, pairs, true)
  for (const path of selectorsOf[kind]?.found ?? []) add(object, path, pairs, false)
}

function labelled(claim: unknown, pairs: Readonly<Record<string, string>>): unknown {
  if (isRecord(claim)) add(claim, 'metadata.labels', pairs, true)
  return claim
}

const COUNTED = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet']

function setReplicas(items: readonly Item[], name: string, count: number): void {
  for (const item of items)
    if (COUNTED.includes(item.object['kind']) && [nameOf(item), ...item.were].includes(name))
      changeAt(item.object, 'spec.replicas', () => count, true)
}

const IMAGE = /^(?<name>[^@]*?)(?<tag>:[^:/@]+)?(?<digest>@.+)?$/

function setImage(object: Json, image: NonNullable<Kustomization['images']>[number]): void {
  const spec = podSpecOf(object['kind'] as string)
  if (spec === undefined) return
  for (const list of ['containers', 'initContainers'])
    changeAt(object, `${spec}.${list}[].image`, (given) => (typeof given === 'string' ? imageOf(given, image) : given))
}

function imageOf(
  given: string,
  { name, newName, newTag, digest }: NonNullable<Kustomization['images']>[number],
): string {
  const parts = IMAGE.exec(given)?.groups
  if (parts?.['name'] !== name) return given
  const base = newName ?? name
  if (digest) return `${base}@${digest}`
  if (newTag) return `${base}:${newTag}`
  return `${base}${parts['tag'] ?? ''}${parts['digest'] ?? ''}`
}
