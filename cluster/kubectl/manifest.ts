/** The objects of `-f`, checked for what every command needs of them. */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { parseManifests } from '#cluster/api/yaml.ts'
import type { Invocation } from './command.ts'
import { CommandError } from './command-error.ts'
import { valueOf } from './flags.ts'

export interface Manifest {
  readonly resource: Resource
  /** With its namespace filled in. */
  readonly object: KubernetesObject
}

/** Throws a CommandError in kubectl's words. */
export function readManifests({ flags, files }: Invocation): Manifest[] {
  const name = valueOf(flags, 'filename')
  if (name === undefined) throw new CommandError('error: must specify one of -f and -k')
  const text = files[name]
  if (text === undefined) throw new CommandError(`error: the path "${name}" does not exist`)
  let objects: KubernetesObject[]
  try {
    objects = parseManifests(text)
  } catch (error) {
    throw new CommandError(`error: error parsing ${name === '-' ? 'STDIN' : name}: ${(error as Error).message}`)
  }
  if (objects.length === 0) throw new CommandError('error: no objects passed to apply')
  return objects.map((object) => check(object, name, valueOf(flags, 'namespace')))
}

function check(object: KubernetesObject, file: string, namespace: string | undefined): Manifest {
  const source = file === '-' ? 'STDIN' : file
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof object[field] !== 'string') {
      throw new CommandError(
        `error: error validating "${source}": error validating data: ${field} not set; if you choose to ignore these errors, turn validation off with --validate=false`,
      )
    }
  }
  const resource = resourceOfKind(object.kind)
  if (!resource || apiVersionOf(resource) !== object.apiVersion) {
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
  return { resource, object: { ...object, metadata: { ...object.metadata, namespace: own ?? namespace ?? 'default' } } }
}
