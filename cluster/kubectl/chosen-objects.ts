/**
 * The objects that a command changes: those that are named, those of a file, those that a selector finds, or all of a kind.
 *
 * Where to read upstream: cli-runtime `pkg/resource/builder.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, List } from '#cluster/api/types.ts'
import { listRequest } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round } from './command.ts'
import { need } from './command.ts'
import { CommandError } from './command-error.ts'
import type { FlagSpec } from './flags.ts'
import { isSet, namespaceOf, valueOf } from './flags.ts'
import { readManifests } from './manifest.ts'
import { parseTargets } from './resource-arguments.ts'

export interface Chosen {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
}

/** The flags that choose. */
export const CHOOSING = {
  values: ['filename', 'kustomize', 'selector', 'field-selector'],
  switches: ['all', 'all-namespaces', 'recursive'],
} as const satisfies FlagSpec

export const isFromFile = ({ flags }: Invocation): boolean =>
  flags['filename'] !== undefined || flags['kustomize'] !== undefined

const UNNAMED = 'error: resource(s) were provided, but no name was specified'

/** @param words those of the line that are about objects @param unnamed what is said where nothing says which of a kind */
export function* chooseObjects(
  invocation: Invocation,
  words: readonly string[] = invocation.args,
  unnamed = UNNAMED,
): Generator<Ask, Chosen[], Round> {
  const { flags } = invocation
  if (isFromFile(invocation)) {
    return (yield* readManifests(invocation)).map(({ resource, object }) => {
      const { name, namespace } = object.metadata
      return { resource, namespace, name }
    })
  }
  const found: Chosen[] = []
  for (const { resource, name } of yield* parseTargets(words)) {
    const namespace = !resource.namespaced || isSet(flags, 'all-namespaces') ? undefined : namespaceOf(flags)
    if (name !== undefined) {
      found.push({ resource, namespace, name })
      continue
    }
    const labelSelector = valueOf(flags, 'selector')
    const fieldSelector = valueOf(flags, 'field-selector')
    if (!labelSelector && !fieldSelector && !isSet(flags, 'all')) throw new CommandError(unnamed)
    const query = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
    const { body } = yield* need(listRequest(resource, namespace, query))
    for (const { metadata } of (body as List<KubernetesObject>).items) {
      found.push({ resource, namespace: metadata.namespace, name: metadata.name })
    }
  }
  return found
}

/** What a request about it needs of an object. */
export const referenceTo = ({ name, namespace }: Chosen): { metadata: { name: string; namespace?: string } } => ({
  metadata: { name, ...(namespace && { namespace }) },
})
