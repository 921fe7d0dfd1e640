/**
 * kustomize: a folder's objects, and what its kustomization makes of them.
 *
 * What the real one does: a chain of generators and transformers over YAML nodes, configured by a kustomization in each folder.
 * What we model: resources (files, and folders with kustomizations of their own), generators of ConfigMaps and Secrets, patches of
 * both sorts, namespace, names, labels, annotations, replicas, images, references to what has been renamed, and the order in
 * which kubectl writes it all out.
 * What we leave out: addresses on the network; the fields that `kustomization.ts` names, and says so when it meets one; with `-k` the
 * warnings of old fields; comments and the order of keys, which kubectl does not keep either.
 * Where to read upstream: kubernetes-sigs/kustomize `api/krusty`, `api/internal/target/kusttarget.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { parseManifests } from '#cluster/api/yaml.ts'
import { CommandError } from '../command-error.ts'
import { isRecord, type Json } from './fields.ts'
import { generate, suffixOf } from './generators.ts'
import { rankOf } from './kinds.ts'
import { type Files, type Kustomization, pathIn, readKustomization } from './kustomization.ts'
import { patchAll, patchLast } from './patches.ts'
import { mendReferences } from './references.ts'
import { idOf, type Item, itemOf, nameOf, rename, transform } from './transformers.ts'

export interface Built {
  /** In order. */
  readonly objects: readonly KubernetesObject[]
  /** What had better be written otherwise. */
  readonly warnings: readonly string[]
}

/** @throws CommandError in kustomize's words; the folder of all files is `/` */
export function build(files: Files, folder: string): Built {
  try {
    return built(files, pathIn('', folder))
  } catch (error) {
    if (error instanceof CommandError) throw error
    // What stands deeper in a kustomization may be anything: whoever wrote it hears of it as of a type that does not fit.
    throw new CommandError(`error: invalid Kustomization: ${(error as Error).message}`)
  }
}

function built(files: Files, folder: string): Built {
  const warnings: string[] = []
  const items = accumulate({ files, warn: (text) => void warnings.push(text) }, folder, [])
  for (const item of items) if (item.hashed) rename(item, nameOf(item) + suffixOf(item.object))
  mendReferences(items)
  return { objects: items.map(({ object }) => object as unknown as KubernetesObject).sort(inOrder), warnings }
}

interface Disk {
  readonly files: Files
  warn(text: string): void
}

function accumulate(disk: Disk, folder: string, within: readonly string[]): Item[] {
  const { files } = disk
  const kustomization = readKustomization(files, folder, (text) => disk.warn(text))
  const items: Item[] = []
  for (const resource of kustomization.resources ?? []) accumulateInto(items, disk, folder, resource, [...within, folder]) // prettier-ignore
  generateInto(items, files, folder, kustomization)
  const patched = patchAll(items, files, folder, kustomization)
  transform(patched, kustomization)
  const all = patchLast(patched, files, folder, kustomization)
  mendReferences(all)
  return all
}

/** A file, or a folder with a kustomization of its own. */
function accumulateInto(items: Item[], disk: Disk, folder: string, resource: string, within: readonly string[]): void {
  const { files } = disk
  const path = pathIn(folder, resource)
  const text = files[path]
  const refuse = (asFile: string, asFolder: string): never => {
    throw new CommandError(`error: accumulating resources: accumulation err='${asFile}': ${asFolder}`)
  }
  if (text !== undefined) {
    const mustBuild = `must build at directory: '/${path}': file is not directory`
    for (const object of objectsIn(text, resource, mustBuild))
      addTo(items, itemOf(object), (why) => refuse(`merging resources from '${resource}': ${why}`, mustBuild))
    return
  }
  const isFolder = Object.keys(files).some((name) => path === '' || name.startsWith(`${path}/`))
  const lost = `evalsymlink failure on '/${path}' : lstat /${path}: no such file or directory`
  if (!isFolder) refuse(`accumulating resources from '${resource}': ${lost}`, `must build at directory: not a valid directory: ${lost}`) // prettier-ignore
  const asFile = `accumulating resources from '${resource}': '/${path}' must resolve to a file`
  if (within.includes(path))
    refuse(asFile, `cycle detected: candidate root '/${path}' contains visited root '/${path}'`)
  for (const item of accumulate(disk, path, within))
    addTo(items, item, (why) => refuse(asFile, `recursed merging from path '/${path}': ${why}`))
}

function objectsIn(text: string, path: string, mustBuild: string): Json[] {
  const refuse = (why: string): never => {
    throw new CommandError(`error: accumulating resources: accumulation err='accumulating resources from '${path}': ${why}': ${mustBuild}`) // prettier-ignore
  }
  let objects: readonly unknown[] = []
  try {
    objects = parseManifests(text)
  } catch (error) {
    refuse((error as Error).message)
  }
  return objects.map((given) => {
    const object = structuredClone(given) as Json
    if (!isRecord(object) || typeof object['kind'] !== 'string')
      return refuse(`missing Resource metadata.kind in object ${JSON.stringify(given)}`)
    if (!isRecord(object['metadata']) || typeof object['metadata']['name'] !== 'string')
      return refuse(`missing metadata.name in object {{${object['apiVersion']} ${object['kind']}} {{ } map[] map[]}}`)
    return object
  })
}

function addTo(items: Item[], item: Item, refuse: (why: string) => void): void {
  const id = idOf(item.object)
  if (items.some(({ object }) => idOf(object) === id))
    refuse(`may not add resource with an already registered id: ${id}`)
  items.push(item)
}

function generateInto(items: Item[], files: Files, folder: string, kustomization: Kustomization): void {
  for (const { object, behavior, hashed } of generate(files, folder, kustomization)) {
    const { kind, metadata } = object
    const at = items.findIndex((item) => item.object['kind'] === kind && [nameOf(item), ...item.were].includes(metadata.name)) // prettier-ignore
    if (behavior === 'create') {
      addTo(items, itemOf(object, hashed), (why) => {
        throw new CommandError(`error: merging from generator ${metadata.name}: ${why}`)
      })
      continue
    }
    const old = items[at]
    if (!old) throw new CommandError(`error: merging from generator ${metadata.name}: there is no ${kind} of that name; cannot merge or replace`) // prettier-ignore
    const kept = { ...metadata, ...old.object['metadata'] }
    for (const field of ['labels', 'annotations'])
      if (metadata[field]) kept[field] = { ...old.object['metadata'][field], ...metadata[field] }
    const data = behavior === 'merge' ? { ...old.object['data'], ...object['data'] } : object['data']
    items[at] = { ...old, object: { ...object, metadata: kept, ...(data && { data }) }, hashed: hashed && old.hashed }
  }
}

/** By kind, and those of one kind by what they are called. */
function inOrder(a: KubernetesObject, b: KubernetesObject): number {
  const byRank = rankOf(a.kind) - rankOf(b.kind)
  if (byRank !== 0) return byRank
  const [first, second] = [a, b].map(({ apiVersion, kind, metadata }) => {
    const [version, group = ''] = apiVersion.split('/').toReversed()
    return [group, version, kind, metadata.namespace ?? '', metadata.name].join('\u0000')
  })
  return first! < second! ? -1 : 1
}
