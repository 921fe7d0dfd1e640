/** `kubectl patch` and `replace`. */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { parseYaml } from '#cluster/api/yaml.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { getRequest, isOk, messageOf, patchRequest, updateRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { valueOf } from '../flags.ts'
import { readManifests } from '../manifest.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'
import { validation } from '../validation.ts'
import { namespaceFor, summary } from './outcome.ts'

export const patchFlags: FlagSpec = { values: ['patch', 'type', 'subresource'], shorts: { p: 'patch' } }
export const replaceFlags: FlagSpec = { values: ['filename', 'kustomize'], switches: ['validate'] }

const TYPES = ['json', 'merge', 'strategic'] as const

export function* patch({ args, flags }: Invocation): Steps {
  const text = valueOf(flags, 'patch')
  if (text === undefined) throw new CommandError('error: must specify --patch or --patch-file containing the contents of the patch') // prettier-ignore
  const asked = valueOf(flags, 'type') ?? 'strategic'
  const type = TYPES.find((one) => one === asked.toLowerCase())
  if (!type) throw new CommandError(`error: --type must be one of [json merge strategic], not "${asked}"`)
  let body: unknown
  try {
    body = parseYaml(text)
  } catch {
    throw new CommandError(`error: unable to parse "${text}": yaml: it is neither JSON nor YAML`)
  }
  const lines: string[] = []
  const errors: string[] = []
  for (const { resource, name } of yield* parseTargets(args)) {
    if (name === undefined) throw new CommandError('error: resource(s) were provided, but no name was specified')
    const namespace = namespaceFor({ resource }, flags)
    const before = (yield* need(getRequest(resource, namespace, name))).body as KubernetesObject
    const object = { metadata: { name, ...(namespace && { namespace }) } }
    const request = patchRequest(resource, object, type, body, valueOf(flags, 'subresource'))
    const answer = (yield* ask(request)).answers[0]!
    if (!isOk(answer)) {
      errors.push(refusal(answer, resource, type))
      continue
    }
    const after = answer.body as KubernetesObject
    const changed = after.metadata.resourceVersion !== before.metadata.resourceVersion
    lines.push(`${printedName(resource, name)} patched${changed ? '' : ' (no change)'}`)
  }
  return summary(lines, errors)
}

/** Only built-in kinds know how their lists merge. */
function refusal(answer: Answer, resource: Resource, type: (typeof TYPES)[number]): string {
  if (answer.status !== 415 || type !== 'strategic') return failureText(answer)
  return `error: application/strategic-merge-patch+json is not supported by ${apiVersionOf(resource)}, Kind=${resource.kind}: ${messageOf(answer)}`
}

export function* replace(invocation: Invocation): Steps {
  const lines: string[] = []
  const errors: string[] = []
  const file = valueOf(invocation.flags, 'filename')
  const query = validation(invocation.flags)
  for (const { resource, object } of yield* readManifests(invocation)) {
    const answer = (yield* ask({ ...updateRequest(object, resource), query })).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(resource, object.metadata.name)} replaced`)
    else errors.push(failureText(answer, `error when replacing "${file === '-' ? 'STDIN' : file}": `))
  }
  return summary(lines, errors)
}
