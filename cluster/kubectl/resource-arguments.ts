/**
 * What a command is about: `pods`, `pod web-1`, `deploy/web svc/web`, `pods,services`, `all`.
 *
 * Where to read upstream: cli-runtime `pkg/resource/builder.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import type { Ask, Round } from './command.ts'
import { CommandError } from './command-error.ts'
import { resourceFor, resourcesFor } from './discovery.ts'

export interface Target {
  readonly resource: Resource
  /** Undefined: all of them. */
  readonly name?: string
}

/** Throws a CommandError in kubectl's words where the words name nothing. */
export function* parseTargets(words: readonly string[]): Generator<Ask, Target[], Round> {
  if (words.length === 0) {
    throw new CommandError(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples',
    )
  }
  const slashes = words.filter((word) => word.includes('/'))
  if (slashes.length > 0) {
    if (slashes.length < words.length) {
      throw new CommandError(
        "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      )
    }
    const targets: Target[] = []
    for (const word of words) {
      const [type, name, ...more] = word.split('/')
      if (!type || !name || more.length > 0) {
        throw new CommandError(`error: arguments in resource/name form may not have more than one slash`)
      }
      targets.push({ resource: yield* resourceFor(type), name })
    }
    return targets
  }
  const [types, ...names] = words
  const resources: Resource[] = []
  for (const type of types!.split(',')) resources.push(...(yield* resourcesFor(type)))
  if (names.length === 0) return resources.map((resource) => ({ resource }))
  return resources.flatMap((resource) => names.map((name) => ({ resource, name })))
}

/** `deployment.apps/web`, `pod/web-1`: how kubectl names an object that it did something to. */
export function printedName(resource: Resource, name: string): string {
  const group = resource.group === '' ? '' : `.${resource.group}`
  return `${resource.singular}${group}/${name}`
}
