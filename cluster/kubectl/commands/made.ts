/** How objects that kubectl makes up itself are created: for real, or as they would be (`--dry-run`, `-o`). */
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { formatYaml } from '#cluster/api/yaml.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, isOk } from '#cluster/client/api-client.ts'
import type { Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import type { Flags } from '../flags.ts'
import { valueOf } from '../flags.ts'
import { formatJson } from '../print/json.ts'
import { printedName } from '../resource-arguments.ts'

/** Flags of every command that makes something up. */
export const MADE = ['dry-run', 'output'] as const

export interface Made {
  readonly resource: Resource
  readonly object: KubernetesObject
}

/** @param done what is said of it: `created`, `exposed`, `autoscaled` @param refusal what is said of a refusal */
export function* make(
  { resource, object }: Made,
  flags: Flags,
  done = 'created',
  refusal: (answer: Answer) => string = failureText,
  query: Readonly<Record<string, string>> = {},
): Steps {
  // prettier-ignore
  const dryRun = flags['dry-run']
  const name = object.metadata.name
  if (dryRun === 'client' || dryRun === true) return shown(resource, object, flags, `${done} (dry run)`)
  const how = dryRun === 'server' ? `${done} (server dry run)` : done
  const asked = { ...query, ...(dryRun === 'server' && { dryRun: 'All' }) }
  const answer = (yield* ask({ ...createRequest(object, resource), query: asked })).answers[0]!
  if (!isOk(answer)) {
    return { errors: `${refusal(answer)}\n`, exitCode: 1 }
  }
  const created = answer.body as KubernetesObject
  return valueOf(flags, 'output') === undefined
    ? { output: `${printedName(resource, created.metadata?.name ?? name)} ${how}\n` }
    : shown(resource, created, flags, how)
}

function shown(resource: Resource, object: KubernetesObject, flags: Flags, how: string) {
  switch (valueOf(flags, 'output')) {
    case 'yaml':
      return { output: formatYaml(object) }
    case 'json':
      return { output: `${formatJson(object, 4)}\n` }
    case 'name':
      return { output: `${printedName(resource, object.metadata.name)}\n` }
    default:
      return { output: `${printedName(resource, object.metadata.name)} ${how}\n` }
  }
}
