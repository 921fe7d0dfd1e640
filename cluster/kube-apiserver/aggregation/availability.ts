/**
 * Whether the servers behind APIServices are there: a controller inside this server that looks at Service and endpoints, asks each for
 * its discovery, and writes down what it has found.
 *
 * What the real one does: a queue of APIServices, looked at when they, their Service or its endpoints change, every 30 seconds,
 * and after a growing pause when something is wrong. What we model: the same, with a pause of two seconds; one question at a time
 * where upstream asks five and takes the first answer.
 * Where to read upstream: kube-aggregator `pkg/controllers/status/remote/remote_available_controller.go`.
 */
import type { EndpointSlice, Service } from '#cluster/api/types.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { putStatus, writes } from '../extensions/own-requests.ts'
import type { Ended } from '../outgoing.ts'
import { ask, targetOfService } from '../outgoing.ts'
import type { State } from '../state.ts'
import type { ApiService } from './api-service.ts'
import { API_SERVICES, isAvailable, rowsFrom, withAvailability } from './api-service.ts'

export const AVAILABILITY_TIMER = 'api-services'
const RESYNC_MICROS = 30_000_000
const RETRY_MICROS = 2_000_000
const TIMEOUT_MICROS = 5_000_000

const TRIGGERS: readonly string[] = [API_SERVICES, 'services', 'endpointslices']

const allOf = ({ caches }: State): readonly ApiService[] =>
  ([...(caches[API_SERVICES]?.objects.values() ?? [])] as ApiService[]).filter(({ spec }) => spec.service)

/** A cache has moved: what that means for those who are elsewhere. @param key of the cache */
export function apiServicesMoved(state: State, key: string, ctx: Context): Effect[] {
  if (!TRIGGERS.includes(key)) return []
  const all = allOf(state)
  if (all.length === 0 && state.discovered.size === 0) return []
  for (const name of [...state.discovered.keys()])
    if (!all.some(({ metadata }) => metadata.name === name)) state.discovered.delete(name)
  return lookAtAll(state, ctx)
}

/** It is time to look again. */
export const lookAtAll = (state: State, ctx: Context): Effect[] => {
  const all = allOf(state)
  if (all.length === 0) return []
  const after = all.every(isAvailable) ? RESYNC_MICROS : RETRY_MICROS
  return [...all.flatMap((one) => lookAt(state, one, ctx)), { type: 'wake', key: AVAILABILITY_TIMER, after }]
}

const isAsked = ({ outgoing }: State, name: string): boolean =>
  [...outgoing.values()].some(({ purpose }) => purpose.type === 'discovery' && purpose.apiService === name)

function lookAt(state: State, apiService: ApiService, ctx: Context): Effect[] {
  const { name } = apiService.metadata
  if (isAsked(state, name)) return []
  const problem = problemOf(state, apiService)
  if (problem) return say(state, apiService, false, problem[0], problem[1], ctx)
  const { group, version, service } = apiService.spec
  const target = targetOfService(state, service!)
  if (typeof target === 'string') return say(state, apiService, false, 'FailedDiscoveryCheck', target, ctx)
  const path = `/apis/${group}/${version}`
  const headers = { accept: 'application/json', 'x-remote-user': 'system:kube-aggregator', 'x-remote-group': 'system:masters' } // prettier-ignore
  const purpose = { type: 'discovery', apiService: name, url: `https://${target.at}${path}` } as const
  return ask(state, target, { type: 'request', method: 'GET', path, headers }, purpose, TIMEOUT_MICROS, ctx)
}

/** What is wrong before anybody is asked: reason and message. */
function problemOf({ caches }: State, { spec }: ApiService): readonly [string, string] | undefined {
  const { namespace, name, port = 443 } = spec.service!
  const service = caches['services']?.objects.get(`${namespace}/${name}`) as Service | undefined
  const place = `service/${name} in ${JSON.stringify(namespace)}`
  if (!service) return ['ServiceNotFound', `${place} is not present`]
  if ((service.spec.type ?? 'ClusterIP') !== 'ClusterIP') return undefined
  const servicePort = service.spec.ports?.find((one) => one.port === port)
  if (!servicePort) return ['ServicePortError', `${place} is not listening on port ${port}`]
  const slices = ([...(caches['endpointslices']?.objects.values() ?? [])] as EndpointSlice[]).filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name,
  )
  if (slices.length === 0) return ['EndpointsNotFound', `cannot find endpointslices for ${place}`]
  const portName = servicePort.name ?? ''
  const isActive = slices.some(
    ({ endpoints, ports = [] }) =>
      endpoints.some(({ conditions }) => conditions?.ready !== false) &&
      ports.some((one) => (one.name ?? '') === portName),
  )
  return isActive ? undefined : ['MissingEndpoints', `endpointslices for ${place} have no addresses with port name ${JSON.stringify(portName)}`] // prettier-ignore
}

function say(
  state: State,
  apiService: ApiService,
  isThere: boolean,
  reason: string,
  message: string,
  ctx: Context,
): Effect[] {
  const next = withAvailability(apiService, isThere, reason, message, ctx.now)
  if (!next || writes(state, API_SERVICES)) return []
  ctx.note('api-service', { name: apiService.metadata.name, available: isThere, reason })
  return putStatus(state, resourceNamed(API_SERVICES), next, ctx)
}

/** A server has told what it has, or has not. */
export function discoveryAnswered(
  state: State,
  { apiService: name, url }: Extract<Ended['purpose'], { type: 'discovery' }>,
  { response, error }: Ended,
  ctx: Context,
): Effect[] {
  const apiService = state.caches[API_SERVICES]?.objects.get(name) as ApiService | undefined
  if (!apiService) return []
  if (!response || response.status < 200 || response.status > 299) {
    const why = response ? `bad status from ${url}: ${response.status}` : `Get ${JSON.stringify(url)}: ${error}`
    return say(state, apiService, false, 'FailedDiscoveryCheck', `failing or missing response from ${url}: ${why}`, ctx)
  }
  const rows = rowsFrom(apiService, response.body)
  // The same documents as long as there are the same resources.
  if (JSON.stringify(state.discovered.get(name)) !== JSON.stringify(rows)) state.discovered.set(name, rows)
  return say(state, apiService, true, 'Passed', 'all checks passed', ctx)
}
