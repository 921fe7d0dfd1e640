/** `kubectl apply`: creates what is missing and patches what differs, remembering in an annotation what the file said. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { sortKeys } from '#cluster/api/yaml.ts'
import { createRequest, getRequest, isOk, patchRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import type { FlagSpec } from '../flags.ts'
import type { Manifest } from '../manifest.ts'
import { readManifests } from '../manifest.ts'
import { printedName } from '../resource-arguments.ts'
import { threeWayPatch } from '../three-way.ts'

export const applyFlags: FlagSpec = { values: ['filename'], switches: ['recursive', 'wait', 'overwrite'] }

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

export function* apply(invocation: Invocation): Steps {
  const lines: string[] = []
  const errors: string[] = []
  for (const manifest of readManifests(invocation)) {
    const { resource, object } = manifest
    const { name, namespace } = object.metadata
    const found = (yield* ask(getRequest(resource.resource, namespace, name))).answers[0]!
    const missing = found.status === 404
    if (!isOk(found) && !missing) {
      errors.push(failureText(found))
      continue
    }
    const wanted = withLastApplied(object)
    const patch = missing ? undefined : applyPatch(wanted, found.body as KubernetesObject)
    if (!missing && patch === undefined) {
      lines.push(`${printedName(resource, name)} unchanged`)
      continue
    }
    const request =
      patch === undefined ? createRequest(wanted) : patchRequest(resource.resource, object, 'strategic', patch)
    const answer = (yield* ask(request)).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(resource, name)} ${missing ? 'created' : 'configured'}`)
    else errors.push(failureText(answer, missing ? whenCreating(invocation) : ''))
  }
  const output = lines.length > 0 ? { output: `${lines.join('\n')}\n` } : {}
  return errors.length > 0 ? { ...output, errors: `${errors.join('\n')}\n`, exitCode: 1 } : output
}

const whenCreating = ({ flags }: Invocation): string =>
  `error when creating "${flags['filename'] === '-' ? 'STDIN' : String(flags['filename'])}": `

/** The object with itself in its annotation, as compact JSON and a line end. */
export function withLastApplied(object: Manifest['object']): KubernetesObject {
  const { [LAST_APPLIED]: _old, ...annotations } = object.metadata.annotations ?? {}
  const plain = { ...object, metadata: { ...object.metadata, annotations } }
  const text = `${JSON.stringify(sortKeys(plain))}\n`
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } }
}

/** Undefined when the file changes nothing. */
export function applyPatch(wanted: KubernetesObject, current: KubernetesObject): Record<string, unknown> | undefined {
  return threeWayPatch(lastApplied(current), wanted, current)
}

function lastApplied(object: KubernetesObject): unknown {
  const text = object.metadata.annotations?.[LAST_APPLIED]
  if (text === undefined) return {}
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
