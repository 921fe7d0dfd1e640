/** `kubectl patch` and `replace`. */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { parseYaml } from '#cluster/api/yaml.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import {
  createRequest,
  deleteRequest,
  getRequest,
  isOk,
  messageOf,
  patchRequest,
  updateRequest,
} from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { readManifests } from '../manifest.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'
import { validation } from '../validation.ts'
import { pause } from './waiting.ts'
import { namespaceFor, summary } from './outcome.ts'

export const patchFlags: FlagSpec = { values: ['patch', 'type', 'subresource'], shorts: { p: 'patch' } }
export const replaceFlags: FlagSpec = { values: ['filename', 'kustomize', 'grace-period', 'timeout', 'cascade', 'field-manager'], switches: ['validate', 'force'] } // prettier-ignore

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

/** `--force`: what is there goes first, at once. */
function* replaceByForce(invocation: Invocation): Steps {
  const { flags } = invocation
  const given = valueOf(flags, 'grace-period')
  const query = validation(flags)
  const lines: string[] = []
  const errors: string[] = []
  const manifests = yield* readManifests(invocation)
  for (const { resource, object } of manifests) {
    const { name, namespace } = object.metadata
    const options = { propagationPolicy: 'Background', ...(given !== undefined && { gracePeriodSeconds: Number(given) }) } as const // prettier-ignore
    const answer = (yield* ask(deleteRequest(resource, object, options))).answers[0]!
    if (!isOk(answer) && answer.status !== 404) return { errors: `${failureText(answer)}\n`, exitCode: 1 }
    const group = resource.group && `.${resource.group}`
    if (isOk(answer)) lines.push(`${resource.singular}${group} "${name}" deleted${namespace ? ` from ${namespace} namespace` : ''}`) // prettier-ignore
    while (isOk((yield* ask(getRequest(resource, namespace, name))).answers[0]!)) yield* pause(summary(lines, []).output ?? '') // prettier-ignore
  }
  for (const { resource, object } of manifests) {
    const answer = (yield* ask({ ...createRequest(object, resource), query })).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(resource, object.metadata.name)} replaced`)
    else errors.push(failureText(answer))
  }
  return summary(lines, errors)
}

export function* replace(invocation: Invocation): Steps {
  if (isSet(invocation.flags, 'force')) return yield* replaceByForce(invocation)
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
