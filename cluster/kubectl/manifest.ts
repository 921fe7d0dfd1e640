/** The objects of `-f` or `-k`, checked for what every command needs of them. */
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { parseManifests } from '#cluster/api/yaml.ts'
import type { Ask, Invocation, Round } from './command.ts'
import { CommandError } from './command-error.ts'
import { resourceOfManifest } from './discovery.ts'
import type { Flags } from './flags.ts'
import { namespaceOf, valueOf } from './flags.ts'
import { build } from './kustomize/build.ts'

export interface Manifest {
  readonly resource: Resource
  /** With its namespace filled in. */
  readonly object: KubernetesObject
}

/** Throws a CommandError in kubectl's words. */
export function* readManifests({ flags, files }: Invocation): Generator<Ask, Manifest[], Round> {
  const folder = valueOf(flags, 'kustomize')
  const name = valueOf(flags, 'filename')
  if (folder !== undefined) {
    if (name !== undefined) throw new CommandError('error: only one of -f or -k can be specified')
    const built: Manifest[] = []
    for (const object of build(files, folder).objects) built.push(yield* check(object, folder, flags))
    return built
  }
  if (name === undefined) throw new CommandError('error: must specify one of -f and -k')
  const text = files[name]
  if (text === undefined) throw new CommandError(`error: the path "${name}" does not exist`)
  let objects: readonly KubernetesObject[]
  try {
    objects = parseManifests(text)
  } catch (error) {
    throw new CommandError(`error: error parsing ${name === '-' ? 'STDIN' : name}: ${(error as Error).message}`)
  }
  if (objects.length === 0) throw new CommandError('error: no objects passed to apply')
  const manifests: Manifest[] = []
  for (const object of objects) manifests.push(yield* check(object, name, flags))
  return manifests
}

function* check(object: KubernetesObject, file: string, flags: Flags): Generator<Ask, Manifest, Round> {
  const source = file === '-' ? 'STDIN' : file
  const namespace = valueOf(flags, 'namespace')
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof object[field] !== 'string') {
      throw new CommandError(
        `error: error validating "${source}": error validating data: ${field} not set; if you choose to ignore these errors, turn validation off with --validate=false`,
      )
    }
  }
  const resource = yield* resourceOfManifest(object.kind, object.apiVersion)
  if (!resource) {
    throw new CommandError(
      `error: resource mapping not found for name: "${object.metadata?.name ?? ''}" namespace: "${object.metadata?.namespace ?? ''}" from "${source}": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`,
    )
  }
  if (!object.metadata?.name && !object.metadata?.generateName) {
    throw new CommandError(`error: error when retrieving current configuration of:\nresource name may not be empty`)
  }
  if (!resource.namespaced) return { resource, object }
  const own = object.metadata.namespace
  if (own && namespace && own !== namespace) {
    throw new CommandError(
      `error: the namespace from the provided object "${own}" does not match the namespace "${namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    )
  }
  return { resource, object: { ...object, metadata: { ...object.metadata, namespace: own ?? namespaceOf(flags) } } }
}
