/** HTTP through the API server: to Pods, to what is behind Services, to kubelets. */
import { beforeAll, expect, it } from 'vitest'
import type { HttpResponse, Method } from '#cluster/api/http.ts'
import { API_SERVER, bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Body, Component } from '#cluster/kernel/component.ts'
import { probe, type ProbeState } from '#cluster/kernel/probe.ts'
import type { World } from '#cluster/kernel/world.ts'
import { parseCondition } from './look.ts'

const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx, env: [{ name: MESSAGE, value: hello }], ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 8000, targetPort: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: echo, labels: { app: echo } }
spec: { containers: [{ name: echo, image: web }] }
---
apiVersion: v1
kind: Service
metadata: { name: echo }
spec: { selector: { app: echo }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: plain }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: nobody }
spec: { selector: { app: none }, ports: [{ port: 80 }] }
`

let world: World
beforeAll(() => {
  world = bootCluster({ seed: 1, nodes: 2, dns: false, components: { probe: probe as Component } })
  world.addProcess({ machine: 'laptop', name: 'probe', component: 'probe', options: {} })
  world.run({ untilMicros: 10e6 })
  const body = { type: 'kubectl', id: 1, args: ['apply', '-f', '-'], stdin: MANIFEST } as const
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  const holds = parseCondition(['pods-ready', 'app=web', '1'])
  world.run({ untilMicros: world.now + 60e6, until: (now) => holds(now) })
  world.run({ untilMicros: world.now + 2e6 })
})

let count = 0
function ask(path: string, method: Method = 'GET', sent?: string): HttpResponse {
  const name = `ask-${++count}`
  const user = { name: 'admin', groups: ['system:masters'] }
  const body = {
    type: 'ask',
    name,
    to: API_SERVER,
    body: { type: 'request', method, path, user, ...(sent && { body: sent }) },
  } as Body
  world.command(world.now, { type: 'tell', process: 'laptop/probe', body })
  const reply = () => world.stateOf<ProbeState>('laptop/probe').heard.find((entry) => entry.name === name && entry.how !== 'data') // prettier-ignore
  world.run({ untilMicros: world.now + 5e6, until: () => reply() !== undefined })
  return reply()!.body as HttpResponse
}

const IN = '/api/v1/namespaces/default'

it.each([
  [`${IN}/pods/web/proxy/`],
  [`${IN}/pods/web:80/proxy/a/b/c/d/e`],
  [`${IN}/pods/http:web:/proxy/`],
  [`${IN}/services/web:http/proxy/`],
  [`${IN}/services/http:web:8000/proxy/index.html`],
  [`${IN}/services/plain/proxy/`],
])('%s is what the container says', (path) => {
  expect(ask(path)).toMatchObject({ status: 200, body: 'hello\n' })
})

it('asks for the path that is behind it, by the method', () => {
  expect(ask(`${IN}/pods/web/proxy/healthz`).body).toBe('ok\n')
  expect(ask(`${IN}/pods/web/proxy/`, 'POST')).toMatchObject({ status: 405, body: expect.stringContaining('405 Not Allowed') }) // prettier-ignore
  expect(ask(`${IN}/pods/web/proxy/`, 'HEAD')).toMatchObject({ status: 200, body: '' })
  expect(ask(`${IN}/pods/echo:8080/proxy/a`, 'POST', 'one=1').body).toBe('one=1\n')
  expect(ask(`${IN}/services/echo/proxy/`, 'PUT', '{"a":1}').body).toBe('{"a":1}\n')
  expect(ask(`${IN}/pods/web/proxy`)).toMatchObject({ status: 301, headers: { location: `${IN}/pods/web/proxy/` } })
})

it.each([
  [`${IN}/services/web/proxy/`, 503, 'no endpoints available for service "web"'],
  [`${IN}/services/nobody:80/proxy/`, 503, 'no endpoints available for service "nobody"'],
  [`${IN}/services/web:81/proxy/`, 503, 'no service port 81 found for service "web"'],
  [`${IN}/services/gone/proxy/`, 404, 'endpoints "gone" not found'],
  [`${IN}/services/gone:80/proxy/`, 404, 'services "gone" not found'],
  [`${IN}/services/ftp:web:80/proxy/`, 400, 'invalid service request "ftp:web:80"'],
  [`${IN}/pods/gone/proxy/`, 404, 'pods "gone" not found'],
  [`${IN}/pods/web:81/proxy/`, 503, /^error trying to reach service: dial tcp 10\.244\.\d+\.\d+:81: connect: connection refused$/],
  ['/api/v1/nodes/gone/proxy/', 404, 'nodes "gone" not found'],
])('%s leads nowhere, and it says why', (path, status, message) => {
  const { status: code, body } = ask(path)
  expect([code, (body as { message: string }).message]).toEqual([status, typeof message === 'string' ? message : expect.stringMatching(message)])
}) // prettier-ignore

it('leads to the kubelet of a node', () => {
  expect(ask('/api/v1/nodes/node-1/proxy/healthz').body).toBe('ok')
  const nodes = ['node-1', 'node-2'].flatMap((node) => (ask(`/api/v1/nodes/${node}/proxy/pods`).body as { items: { metadata: { name: string } }[] }).items) // prettier-ignore
  expect(nodes.map(({ metadata }) => metadata.name).sort()).toEqual(['echo', 'web'])
  expect(ask('/api/v1/nodes/node-1:10250/proxy/stats/summary').body).toMatchObject({ node: { nodeName: 'node-1' } })
  expect(ask('/api/v1/nodes/node-1/proxy/nothing').status).toBe(404)
  expect(ask('/api/v1/nodes/node-1/proxy/exec/default/web/web').status).toBe(400)
})

it('is what our own kubectl asks by, too', () => {
  const args = ['get', '--raw', `${IN}/pods/web:80/proxy/`]
  world.command(world.now, { type: 'tell', process: KUBECTL, body: { type: 'kubectl', id: 2, args } as Body })
  world.run({ untilMicros: world.now + 2e6 })
  const { transcript } = world.stateOf<{ transcript: Map<number, unknown> }>(KUBECTL)
  expect(JSON.stringify([...transcript.values()])).toContain('"hello\\n"')
})
