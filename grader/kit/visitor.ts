/** Somebody at the laptop who sends single requests to the API server, as curl does, and keeps the answers. */
import type { Method, UserInfo } from '#cluster/api/http.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { RestBody } from '#cluster/kubectl/rest-client.ts'
import { API_SERVER } from './api-world.ts'

export const VISITOR: ProcessId = 'laptop/visitor'
const ADMIN: UserInfo = Object.freeze({ name: 'kubernetes-admin', groups: ['system:masters'] })

export interface Visit {
  readonly method?: Method
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly object?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Shown in place of the administrator's certificate; null: nothing is shown. */
  readonly token?: string | null
  /** Another certificate than the administrator's; a token may be shown beside it. */
  readonly certificate?: UserInfo
}

/** Puts the visitor into a world whose components are a cluster's. */
export const addVisitor = (world: World): ProcessId =>
  world.addProcess({ machine: 'laptop', name: 'visitor', component: 'rest-client', options: { servers: [API_SERVER] } })

/** Has the visitor send a request at that time. @param id names it */
export function visit(
  world: World,
  at: Micros,
  id: number,
  { method = 'GET', path, query, object, headers, token, certificate }: Visit,
): void {
  const shown = {
    ...(token === undefined ? { certificate: ADMIN } : token !== null && { token }),
    ...(certificate && { certificate }),
  }
  const body: RestBody = {
    type: 'rest',
    id,
    method,
    path,
    ...(query && { query }),
    ...(object !== undefined && { object }),
    ...(headers && { headers }),
    ...shown,
  }
  world.command(at, { type: 'tell', process: VISITOR, body })
}
