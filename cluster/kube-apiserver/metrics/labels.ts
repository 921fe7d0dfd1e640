/**
 * What requests are counted by, as Prometheus writes it.
 *
 * Where to read upstream: apiserver `pkg/endpoints/metrics/metrics.go` (CleanScope, CleanVerb).
 */
import type { HttpRequest } from '#cluster/api/http.ts'
import { isApply } from '../apply/apply.ts'
import { isConnect } from '../subresources/connect.ts'
import type { RequestInfo } from '../chain/route.ts'

const VERBS: Readonly<Record<RequestInfo['verb'], string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
}

const scopeOf = ({ name, namespace, verb }: RequestInfo): string =>
  name !== '' || verb === 'create' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster'

/** In the order of the alphabet, as Prometheus has them. */
export function labelsOf(info: RequestInfo, request: HttpRequest): string {
  const { resource, subresource } = info
  const verb = isConnect(info) ? 'CONNECT' : info.verb === 'patch' && isApply(request) ? 'APPLY' : VERBS[info.verb]
  const dryRun = request.query?.['dryRun']?.split('\n').join(',') ?? ''
  return `component="apiserver",dry_run="${dryRun}",group="${resource.group}",resource="${resource.resource}",scope="${scopeOf(info)}",subresource="${subresource}",verb="${verb}",version="${resource.version}"`
}
