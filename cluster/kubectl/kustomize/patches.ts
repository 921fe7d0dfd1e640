/**
 * Patches of a kustomization: strategic merges by the name in them, and either sort by what they are aimed at.
 *
 * Where to read upstream: kubernetes-sigs/kustomize `api/internal/builtins/PatchTransformer.go`, `api/types/selector.go`.
 */
import { matchesRequirement } from '#cluster/api/labels.ts'
import { parseSelector } from '#cluster/api/selector-syntax.ts'
import { jsonPatch, type Operation } from '#cluster/api/patch/json-patch.ts'
import { mergePatch } from '#cluster/api/patch/merge-patch.ts'
import { strategicMergePatch } from '#cluster/api/patch/strategic-merge-patch.ts'
import { resourceOfKind } from '#cluster/api/resources.ts'
import { parseManifests } from '#cluster/api/yaml.ts'
import { CommandError } from '../command-error.ts'
import { isRecord, type Json } from './fields.ts'
import { type Files, type Kustomization, parsed, type PatchEntry, pathIn, type Target } from './kustomization.ts'
import { idOf, type Item, nameOf } from './transformers.ts'

/** All of them, in order. @returns what is left: a patch may take an object away */
export function patchAll(
  items: readonly Item[],
  files: Files,
  folder: string,
  { patches = [], patchesStrategicMerge = [] }: Kustomization,
): Item[] {
  const merges = patchesStrategicMerge.map((given): PatchEntry => (given.includes('\n') ? { patch: given } : { path: given })) // prettier-ignore
  return [...merges, ...patches].reduce((left, entry) => patchOne(left, entry, textOf(entry, files, folder)), [...items]) // prettier-ignore
}

/** Those that come after names and labels. */
export const patchLast = (items: readonly Item[], files: Files, folder: string, given: Kustomization): Item[] =>
  (given.patchesJson6902 ?? []).reduce((left, entry) => patchOne(left, entry, textOf(entry, files, folder)), [...items])

function textOf({ path, patch }: PatchEntry, files: Files, folder: string): string {
  if ((path === undefined) === (patch === undefined))
    throw new CommandError('error: patch must specify one of patch or path, and only one')
  if (patch !== undefined) return patch
  const text = files[pathIn(folder, path!)]
  if (text === undefined) throw new CommandError(`error: failed to get the patch file from path(${path}): no such file or directory`) // prettier-ignore
  return text
}

function patchOne(items: Item[], { target, path = 'patch' }: PatchEntry, text: string): Item[] {
  const operations = operationsIn(text, path)
  if (operations && !target) throw new CommandError('error: must specify a target for JSON patch')
  if (operations) {
    for (const item of items.filter((one) => isAimedAt(one, target!)))
      replaceIn(item, () => jsonPatch(item.object, operations))
    return items
  }
  return parseManifests(text).reduce((left, patch) => {
    const aimed = left.filter((item) => (target ? isAimedAt(item, target) : isNamedIn(item, patch)))
    if (aimed.length === 0 && !target) {
      const id = idOf(patch as unknown as Json)
      throw new CommandError(`error: no resource matches strategic merge patch "${id}": no matches for Id ${id}; failed to find unique target for patch ${id}`) // prettier-ignore
    }
    if ((patch as unknown as Json)['$patch'] === 'delete') return left.filter((item) => !aimed.includes(item))
    for (const item of aimed) replaceIn(item, () => merged(item.object, patch as unknown as Json))
    return left
  }, items)
}

/** A list of operations, as YAML or as JSON. */
function operationsIn(text: string, path: string): readonly Operation[] | undefined {
  const value = /^\s*(?:-\s|\[)/m.test(text) && !/^\s*(?:apiVersion|kind|\$patch|metadata|spec|data)\s*:/m.test(text) ? parsed(text, path) : undefined // prettier-ignore
  return Array.isArray(value) ? (value as readonly Operation[]) : undefined
}

function replaceIn(item: Item, change: () => unknown): void {
  const before = nameOf(item)
  try {
    item.object = structuredClone(change()) as Json
  } catch (error) {
    throw new CommandError(`error: ${item.object['kind']}/${before}: ${(error as Error).message}`)
  }
}

/** Names and kinds stay as they are. */
function merged(object: Json, patch: Json): unknown {
  const { apiVersion, kind, metadata } = object
  const { name: _, namespace: __, ...more } = isRecord(patch['metadata']) ? patch['metadata'] : {}
  const what = { ...patch, apiVersion, kind, metadata: more }
  const isKnown = resourceOfKind(kind as string) !== undefined
  const result = (isKnown ? strategicMergePatch(object, what) : mergePatch(object, what)) as Json
  return { ...result, metadata: { ...result['metadata'], name: metadata.name } }
}

const namesOf = (item: Item): readonly string[] => [nameOf(item), ...item.were]

function isNamedIn(item: Item, { apiVersion, kind, metadata }: Partial<Json>): boolean {
  const { object } = item
  const namespace = metadata?.namespace as string | undefined
  return (
    object['kind'] === kind &&
    (apiVersion === undefined || object['apiVersion'] === apiVersion) &&
    namesOf(item).includes(metadata?.name) &&
    (namespace === undefined || namespace === (object['metadata'].namespace ?? 'default'))
  )
}

function isAimedAt(
  item: Item,
  { group, version, kind, name, namespace, labelSelector, annotationSelector }: Target,
): boolean {
  const { apiVersion, kind: ownKind, metadata } = item.object
  const [ownVersion, ownGroup = ''] = (apiVersion as string).split('/').toReversed()
  return (
    isLike(group, ownGroup) &&
    isLike(version, ownVersion!) &&
    isLike(kind, ownKind) &&
    namesOf(item).some((one) => isLike(name, one)) &&
    isLike(namespace, metadata.namespace ?? '') &&
    isChosen(labelSelector, metadata.labels) &&
    isChosen(annotationSelector, metadata.annotations)
  )
}

/** A pattern is about the whole word. */
const isLike = (pattern: string | undefined, word: string): boolean =>
  pattern === undefined || pattern === '' || new RegExp(`^(?:${pattern})$`).test(word)

const isChosen = (selector: string | undefined, labels: Readonly<Record<string, string>> = {}): boolean =>
  selector === undefined || parseSelector(selector).every((requirement) => matchesRequirement(requirement, labels))
