/**
 * An API server of somebody's own, behind an APIService: it answers for the group shop.example.com, from what it has in its memory and
 * not from etcd. Whom it answers it believes of the API server in front: that is told in headers.
 *
 * What we leave out: TLS, by which the real one knows that it is the API server who tells; asking back by SubjectAccessReview; writes.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { Component } from '#cluster/kernel/component.ts'

const GROUP_VERSION = 'shop.example.com/v1'
const ORDERS = ['tea', 'coffee'] as const

const RESOURCES = [{ name: 'orders', singularName: 'order', namespaced: false, kind: 'Order', verbs: ['get', 'list'] }]

function answer({ path }: HttpRequest): HttpResponse {
  const root = `/apis/${GROUP_VERSION}`
  const ok = (body: object): HttpResponse => ({ type: 'response', status: 200, body })
  if (path === root)
    return ok({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: GROUP_VERSION, resources: RESOURCES })
  const items = ORDERS.map((name) => ({ apiVersion: GROUP_VERSION, kind: 'Order', metadata: { name } }))
  if (path === `${root}/orders`) return ok({ kind: 'OrderList', apiVersion: GROUP_VERSION, metadata: {}, items })
  return { type: 'response', status: 404, body: { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 } }
}

export const orders: Component<object, object> = {
  name: 'orders',
  init: () => ({}),
  step: (_, event) =>
    event.type === 'opened' ? [{ type: 'close', stream: event.stream, body: answer(event.body as HttpRequest) }] : [],
}
