/**
 * conversion-webhook: a server that converts custom objects between versions.
 *
 * What the real one does: an HTTPS server that gets a ConversionReview and gives the objects back in another version. What is to be
 * done to them is everybody's own affair.
 * What we model: the example of the documentation: in one version there is a field that others have in parts (`hostPort`, as against
 * `host` and `port`); and how such a server fails.
 * What we leave out: TLS; it stands on a machine by itself, and not in a Pod.
 * Where to read upstream: kubernetes/kubernetes `test/images/agnhost/crd-conversion-webhook`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Component, Effect } from '#cluster/kernel/component.ts'

export interface ConversionRules {
  /** The version in which the parts are one field: `stable.example.com/v1beta1`. */
  readonly joinedIn: string
  /** Of the whole, and of its two parts, with a colon between them. */
  readonly fields: readonly [whole: string, first: string, second: string]
  /** It answers with an error of the server, says that it cannot, or gives the objects other names. */
  readonly fails?: 'error' | 'refuses' | 'renames'
}

type Custom = KubernetesObject & Readonly<Record<string, unknown>>

function converted(
  { joinedIn, fields: [whole, first, second] }: ConversionRules,
  object: Custom,
  apiVersion: string,
): Custom {
  // prettier-ignore
  const { [whole]: one, [first]: a, [second]: b, ...others } = object
  const rest = others as Custom
  if (apiVersion === joinedIn) return { ...rest, apiVersion, [whole]: `${String(a ?? '')}:${String(b ?? '')}` }
  if (typeof one !== 'string') return { ...object, apiVersion }
  const [before = '', after = ''] = one.split(':')
  return { ...rest, apiVersion, [first]: before, [second]: after }
}

function answer(rules: ConversionRules, request: HttpRequest): HttpResponse {
  const { fails } = rules
  if (fails === 'error') return { type: 'response', status: 500, body: 'Internal Server Error' }
  const { uid, desiredAPIVersion, objects } = (request.body as { request: { uid: string; desiredAPIVersion: string; objects: readonly Custom[] } }).request // prettier-ignore
  const all = objects.map((one) => converted(rules, one, desiredAPIVersion))
  const response =
    fails === 'refuses'
      ? { uid, result: { status: 'Failed', message: 'this version is not known' } }
      : { uid, result: { status: 'Success' }, convertedObjects: fails === 'renames' ? all.map((one) => ({ ...one, metadata: { ...one.metadata, name: 'other' } })) : all } // prettier-ignore
  return {
    type: 'response',
    status: 200,
    body: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response },
  }
}

export const conversionServer: Component<{ rules: ConversionRules; asked: number }, ConversionRules> = {
  name: 'conversion-server',
  init: (rules) => ({ rules, asked: 0 }),
  step(own, event): Effect[] {
    if (event.type !== 'opened') return []
    own.asked++
    return [{ type: 'close', stream: event.stream, body: answer(own.rules, event.body as HttpRequest) }]
  },
}
