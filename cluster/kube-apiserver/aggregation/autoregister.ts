/**
 * Keeps an APIService for each group and version that this server answers itself: a controller inside the server.
 *
 * What the real one does: those of built-in groups are made, or put right, once when a server starts (`onstart`), and are then the
 * administrator's; those of definitions are made, put right and removed with their definition for as long as the server runs
 * (`true`). Which of the two it is says a label; an object without it is somebody's own, and is left alone.
 * What we model: the same. Those of built-in groups that are missing are written before the server is ready, as upstream does not
 * call itself ready before they are there.
 * What we leave out: a built-in group whose APIService was deleted goes on being told by discovery.
 * Where to read upstream: kube-aggregator `pkg/controllers/autoregister/autoregister_controller.go` (the table at checkAPIService).
 */
import { isEqual } from '#cluster/api/meta.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { DEFINITIONS } from '../extensions/definition.ts'
import { create, isWriting, remove, replace } from '../extensions/own-requests.ts'
import type { State } from '../state.ts'
import type { ApiService } from './api-service.ts'
import { API_SERVICES } from './api-service.ts'
import { BUILT_IN_SERVICES, MANAGED, servicesOfDefinitions } from './local-services.ts'

const storedIn = ({ caches }: State): readonly ApiService[] =>
  [...(caches[API_SERVICES]?.objects.values() ?? [])] as ApiService[]

const keeperOf = ({ metadata }: ApiService): string | undefined => metadata.labels?.[MANAGED]

/** The server has become ready: what was there of built-in groups is put right this once. */
export function registerAtStart(state: State, ctx: Context): Effect[] {
  if (!state.options.apiServiceRegistration) return []
  const wanted = new Map(BUILT_IN_SERVICES.map((service) => [service.metadata.name, service]))
  const stale = storedIn(state).filter((service) => keeperOf(service) === 'onstart')
  return [
    ...stale.flatMap((service) => putRight(state, service, wanted.get(service.metadata.name), ctx)),
    ...registerDefinitions(state, ctx),
  ]
}

/** A cache has moved: what that means for the APIServices of definitions. @param key of the cache */
export const registrationMoved = (state: State, key: string, ctx: Context): Effect[] =>
  key === DEFINITIONS || key === API_SERVICES ? registerDefinitions(state, ctx) : []

/** Looks at all definitions, and does what is to be done. */
export function registerDefinitions(state: State, ctx: Context): Effect[] {
  if (!state.options.apiServiceRegistration || state.phase !== 'ready') return []
  const wanted = servicesOfDefinitions(state)
  const stored = storedIn(state)
  const known = new Set(stored.map(({ metadata }) => metadata.name))
  const missing = [...wanted.values()].filter(({ metadata }) => !known.has(metadata.name))
  return [
    ...missing.flatMap((service) => write(state, service, () => create(state, API_SERVICE, service, ctx))),
    ...stored
      .filter((service) => keeperOf(service) === 'true')
      .flatMap((service) => putRight(state, service, wanted.get(service.metadata.name), ctx)),
  ]
}

const API_SERVICE = resourceNamed(API_SERVICES)

function putRight(state: State, service: ApiService, wanted: ApiService | undefined, ctx: Context): Effect[] {
  if (service.metadata.deletionTimestamp !== undefined) return []
  if (!wanted) return write(state, service, () => remove(state, API_SERVICE, service.metadata.name, ctx))
  if (isEqual(service.spec, wanted.spec)) return []
  const next: ApiService = { ...service, spec: wanted.spec }
  return write(state, service, () => replace(state, API_SERVICE, next, ctx))
}

/** Unless that very object is being written already. */
const write = (state: State, { metadata }: ApiService, begin: () => Effect[]): Effect[] =>
  isWriting(state, API_SERVICES, metadata.name) ? [] : begin()
