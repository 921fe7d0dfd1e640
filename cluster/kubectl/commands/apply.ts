/** `kubectl apply`: creates what is missing and patches what differs, remembering in an annotation what the file said. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, pathOf } from '#cluster/api/resources.ts'
import { formatYaml } from '#cluster/api/yaml.ts'
import { createRequest, getRequest, isOk, messageOf, patchRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { CHOOSING, chooseObjects } from '../chosen-objects.ts'
import { dryRunOf, dryRunQuery, triedOut } from '../dry-run.ts'
import { isLearnt } from '../discovery.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import type { Manifest } from '../manifest.ts'
import { readManifests } from '../manifest.ts'
import { formatJson } from '../print/json.ts'
import { printedName } from '../resource-arguments.ts'
import { summary } from './outcome.ts'
import { threeWayPatch } from '../three-way.ts'
import { validation } from '../validation.ts'

export const applyFlags: FlagSpec = {
  values: [...CHOOSING.values, 'field-manager', 'dry-run', 'output', 'timeout'],
  switches: [...CHOOSING.switches, 'wait', 'overwrite', 'server-side', 'force-conflicts', 'validate'],
}

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

export function* apply(invocation: Invocation): Steps {
  const { args, flags } = invocation
  if (args[0] === 'view-last-applied') return yield* viewLastApplied(invocation)
  if (args.length > 0) throw new CommandError(`error: Unexpected args: [${args.join(' ')}]\nSee 'kubectl apply -h' for help and examples`) // prettier-ignore
  if (isSet(flags, 'server-side')) return yield* applyServerSide(invocation)
  const dryRun = dryRunOf(flags)
  const { query } = dryRunQuery(dryRun, validation(flags))
  const how = triedOut(dryRun)
  const objects: KubernetesObject[] = []
  const lines: string[] = []
  const errors: string[] = []
  const warnings: string[] = []
  for (const manifest of yield* readManifests(invocation)) {
    const { resource, object } = manifest
    const { name, namespace } = object.metadata
    const found = (yield* ask(getRequest(resource, namespace, name))).answers[0]!
    const missing = found.status === 404
    if (!isOk(found) && !missing) {
      errors.push(failureText(found))
      continue
    }
    const wanted = withLastApplied(object)
    const patch = missing ? undefined : applyPatch(resource, wanted, found.body as KubernetesObject)
    if (!missing && patch === undefined) {
      lines.push(`${printedName(resource, name)} unchanged${how}`)
      objects.push(found.body as KubernetesObject)
      continue
    }
    const request =
      patch === undefined
        ? createRequest(wanted, resource)
        : patchRequest(resource, object, patchTypeOf(resource), patch)
    if (!missing && (found.body as KubernetesObject).metadata.annotations?.[LAST_APPLIED] === undefined)
      warnings.push(`Warning: resource ${resource.resource}/${name} ${NOT_APPLIED}`)
    // By itself kubectl only knows what there is.
    const tried = missing ? { ...found, status: 200, body: wanted } : found
    const answer = dryRun === 'client' ? tried : (yield* ask({ ...request, query })).answers[0]!
    if (isOk(answer)) {
      lines.push(`${printedName(resource, name)} ${missing ? 'created' : 'configured'}${how}`)
      objects.push(answer.body as KubernetesObject)
    } else
      errors.push(
        failureText(answer, patch === undefined ? whenCreating(invocation) : whenPatching(invocation, manifest, patch)),
      )
  }
  const format = valueOf(flags, 'output')
  const output = format === undefined ? summary(lines, []).output : shownAs(format, objects, lines)
  const said = [...warnings, ...errors].map((line) => `${line}\n`).join('')
  return { ...(output && { output }), errors: said, exitCode: errors.length > 0 ? 1 : 0 }
}

/** What has been applied, in place of how it went. */
function shownAs(format: string, objects: readonly KubernetesObject[], lines: readonly string[]): string {
  if (format === 'name') return lines.map((line) => `${line.slice(0, line.indexOf(' '))}\n`).join('')
  const list = { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }
  const value = objects.length === 1 ? objects[0] : list
  if (format === 'yaml') return formatYaml(value)
  if (format === 'json') return `${formatJson(value, 4)}\n`
  throw new CommandError(`error: unable to match a printer suitable for the output format "${format}", allowed formats are: json,name,yaml`) // prettier-ignore
}

/** What the files said when they were last applied. */
function* viewLastApplied(invocation: Invocation): Steps {
  const format = valueOf(invocation.flags, 'output') ?? 'yaml'
  let output = ''
  for (const { resource, namespace, name } of yield* chooseObjects(invocation, invocation.args.slice(1))) {
    const { body } = yield* need(getRequest(resource, namespace, name))
    const text = (body as KubernetesObject).metadata.annotations?.[LAST_APPLIED]
    if (text === undefined) continue
    const value = JSON.parse(text) as object
    output += format === 'json' ? `${formatJson(value, 2)}\n` : formatYaml(value)
  }
  return { output }
}

const NOT_APPLIED = `is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`

/** The server merges, and knows whose each field is. */
function* applyServerSide(invocation: Invocation): Steps {
  const { flags } = invocation
  const lines: string[] = []
  const errors: string[] = []
  const fieldManager = valueOf(flags, 'field-manager') ?? 'kubectl'
  const dryRun = dryRunOf(flags)
  if (dryRun === 'client') throw new CommandError("error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)") // prettier-ignore
  const query = {
    ...validation(flags),
    fieldManager,
    force: String(isSet(flags, 'force-conflicts')),
    ...(dryRun === 'server' && { dryRun: 'All' }),
  }
  const headers = { 'content-type': 'application/apply-patch+yaml' }
  for (const { resource, object } of yield* readManifests(invocation)) {
    const { name, namespace } = object.metadata
    const path = pathOf(resource, namespace, name)
    const answer = (yield* ask({ method: 'PATCH', path, query, headers, body: object })).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(resource, name)} serverside-applied${triedOut(dryRun)}`)
    else errors.push(answer.status === 409 ? `error: ${messageOf(answer)}\n${CONFLICT}` : failureText(answer))
  }
  return summary(lines, errors)
}

const CONFLICT = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

const whenCreating = ({ flags }: Invocation): string =>
  `error when creating "${flags['filename'] === '-' ? 'STDIN' : String(flags['filename'])}": `

function whenPatching({ flags }: Invocation, { resource, object }: Manifest, patch: unknown): string {
  const file = flags['filename'] === '-' ? 'STDIN' : String(flags['filename'])
  const version = resource.group === '' ? `/${resource.version}` : apiVersionOf(resource)
  const what = `Resource: "${version}, Resource=${resource.resource}", GroupVersionKind: "${version}, Kind=${resource.kind}"`
  const where = `Name: "${object.metadata.name}", Namespace: "${object.metadata.namespace ?? ''}"`
  return `error when applying patch:\n${formatJson(patch)}\nto:\n${what}\n${where}\nfor: "${file}": error when patching "${file}": `
}

/** The object with itself in its annotation, as compact JSON and a line end. */
export function withLastApplied(object: Manifest['object']): KubernetesObject {
  const plain = withoutLastApplied(object)
  const text = `${formatJson(plain)}\n`
  const annotations = { ...plain.metadata.annotations, [LAST_APPLIED]: text }
  return { ...plain, metadata: { ...plain.metadata, annotations } }
}

export function withoutLastApplied(object: Manifest['object']): KubernetesObject {
  const { [LAST_APPLIED]: _old, ...annotations } = object.metadata.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** Only of kinds that are built in is it known how their lists merge. */
export const patchTypeOf = (resource: Resource): 'merge' | 'strategic' => (isLearnt(resource) ? 'merge' : 'strategic')

/** Undefined when the file changes nothing. */
export const applyPatch = (
  resource: Resource,
  wanted: KubernetesObject,
  current: KubernetesObject,
): Record<string, unknown> | undefined => threeWayPatch(lastApplied(current), wanted, current, patchTypeOf(resource))

function lastApplied(object: KubernetesObject): unknown {
  const text = object.metadata.annotations?.[LAST_APPLIED]
  if (text === undefined) return {}
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
