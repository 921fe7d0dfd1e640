/**
 * `kubectl diff`: what `apply` would change, asked of the server without doing it.
 *
 * What we leave out: another program in place of diff (KUBECTL_EXTERNAL_DIFF), `--prune`, `-k`.
 * Where to read upstream: kubectl `pkg/cmd/diff/diff.go`.
 */
import { formatMicroTime } from '#cluster/api/meta.ts'
import { pathOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { formatYaml } from '#cluster/api/yaml.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'
import { createRequest, getRequest, isOk, patchRequest } from '#cluster/client/api-client.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import type { Manifest } from '../manifest.ts'
import { readManifests } from '../manifest.ts'
import { unifiedDiff } from '../print/unified-diff.ts'
import { applyPatch, patchTypeOf, withoutLastApplied } from './apply.ts'

export const diffFlags: FlagSpec = {
  values: ['filename', 'kustomize', 'field-manager'],
  switches: ['recursive', 'server-side', 'force-conflicts', 'show-managed-fields'],
}

interface Pair {
  /** As its file is called: `apps.v1.Deployment.default.web`. */
  readonly file: string
  readonly live: string
  readonly merged: string
}

/** Ends with 1 where there is a difference, with 2 where something went wrong. */
export function* diff(invocation: Invocation): Steps {
  const pairs: Pair[] = []
  let at: Micros = 0
  for (const manifest of yield* readManifests(invocation)) {
    const { now, ...pair } = yield* compared(manifest, invocation)
    pairs.push(pair)
    at = now
  }
  const [live, merged] = [folderName('LIVE', at), folderName('MERGED', at + 1)]
  const output = pairs
    .toSorted((a, b) => (a.file < b.file ? -1 : 1))
    .flatMap(({ file, ...pair }) => {
      const hunks = unifiedDiff(pair.live, pair.merged)
      if (hunks === '') return []
      const [old, young] = [`${live}/${file}`, `${merged}/${file}`]
      return [`diff -u -N ${old} ${young}\n--- ${old}\t${fileTime(at)}\n+++ ${young}\t${fileTime(at)}\n${hunks}`]
    })
    .join('')
  return { output, exitCode: output === '' ? 0 : 1 }
}

function* compared(manifest: Manifest, { flags }: Invocation): Generator<Ask, Pair & { now: Micros }, Round> {
  const { resource, object } = manifest
  const { name, namespace } = object.metadata
  const { answers, now } = yield* ask(getRequest(resource, namespace, name))
  const found = answers[0]!
  if (!isOk(found) && found.status !== 404) throw new CommandError(failureText(found))
  const live = isOk(found) ? (found.body as KubernetesObject) : undefined
  const request = isSet(flags, 'server-side') ? serverSide(manifest, flags) : clientSide(manifest, live)
  let merged = live
  if (request) {
    const answer = (yield* ask({ ...request, query: { ...request.query, dryRun: 'All' } })).answers[0]!
    if (!isOk(answer)) throw new CommandError(failureText(answer))
    merged = answer.body as KubernetesObject
  }
  const withManagers = isSet(flags, 'show-managed-fields')
  const text = (one: KubernetesObject | undefined): string => (one ? formatYaml(shown(one, withManagers)) : '')
  const { group, version, kind } = resource
  const file = [...(group ? [group] : []), version, kind, namespace ?? '', name].join('.')
  return { file, live: text(live), merged: text(merged), now }
}

/** Undefined where the file changes nothing. */
function clientSide({ resource, object }: Manifest, live: KubernetesObject | undefined): ApiRequest | undefined {
  if (!live) return createRequest(object, resource)
  const patch = applyPatch(resource, withoutLastApplied(object), live)
  return patch && patchRequest(resource, object, patchTypeOf(resource), patch)
}

const serverSide = ({ resource, object }: Manifest, flags: Invocation['flags']): ApiRequest => ({
  method: 'PATCH',
  path: pathOf(resource, object.metadata.namespace, object.metadata.name),
  query: { fieldManager: valueOf(flags, 'field-manager') ?? 'kubectl', force: String(isSet(flags, 'force-conflicts')) },
  headers: { 'content-type': 'application/apply-patch+yaml' },
  body: object,
})

/** What is secret stays so: only whether it changes is seen elsewhere. */
function shown(object: KubernetesObject, withManagers: boolean): KubernetesObject {
  const { managedFields, ...metadata } = object.metadata
  const plain = withManagers && managedFields ? object : { ...object, metadata }
  const { data } = plain as { data?: Record<string, unknown> }
  if (plain.kind !== 'Secret' || !data) return plain
  const masked = { data: Object.fromEntries(Object.keys(data).map((key) => [key, '***'])) }
  return { ...plain, ...masked }
}

/** The real one's are made up by chance; these go by the clock. */
const folderName = (what: string, now: Micros): string => `/tmp/${what}-${now % 10_000_000_000}`

const fileTime = (now: Micros): string => `${formatMicroTime(now).replace('T', ' ').replace('Z', '')}000 +0000`
