import { describe, expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import { Plane } from '../kube-controller-manager/control-plane.test-world.ts'
import { parseFlags, splitLine } from './flags.ts'
import { humanDuration } from '#cluster/api/printers/human-duration.ts'
import { podSummary } from '#cluster/api/printers/pod-status.ts'
import { alignTabs, GET_TABS } from './print/tab-writer.ts'
import { threeWayPatch } from './three-way.ts'

const plane = (): Plane => new Plane().seconds(3)

const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: web:1
          ports: [{ containerPort: 80 }]
          env: [{ name: A, value: "1" }, { name: B, value: "2" }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
`

describe('kubectl', () => {
  it('creates, leaves alone and changes what a manifest names', () => {
    const it = plane()
    expect(it.kubectl('kubectl apply -f -', MANIFEST)).toBe('deployment.apps/web created\nservice/web created\n')
    it.seconds(5)
    expect(it.kubectl('kubectl apply -f -', MANIFEST)).toBe('deployment.apps/web unchanged\nservice/web unchanged\n')
    const changed = MANIFEST.replace('web:1', 'web:2').replace(', { name: B, value: "2" }', '')
    expect(it.kubectl('kubectl apply -f -', changed)).toBe('deployment.apps/web configured\nservice/web unchanged\n')
    it.seconds(5)
    const { spec } = it.get<any>('deployments', 'web')
    expect(spec.template.spec.containers[0]).toMatchObject({ image: 'web:2', env: [{ name: 'A', value: '1' }] })
    expect(spec.template.spec.containers[0].env).toHaveLength(1)
  })

  it('leaves a field alone that the manifest does not speak of', () => {
    const it = plane()
    const silent = MANIFEST.replace('  replicas: 2\n', '')
    it.kubectl('kubectl apply -f -', silent)
    it.kubectl('kubectl scale deployment/web --replicas=5')
    expect(it.kubectl('kubectl apply -f -', silent)).toContain('deployment.apps/web unchanged')
    it.seconds(1)
    expect(it.get<any>('deployments', 'web').spec.replicas).toBe(5)
  })

  it('tells where a Service is found outside the cluster', () => {
    const it = plane()
    it.kubectl('kubectl create service loadbalancer web --tcp=80')
    const change = '{"spec":{"externalTrafficPolicy":"Local","ports":[{"port":80,"nodePort":30080}],"healthCheckNodePort":30081}}' // prettier-ignore
    it.kubectl(`kubectl patch service web -p '${change}'`)
    expect(it.kubectl('kubectl get service web')).toMatch(/LoadBalancer +10\.\S+ +<pending> +80:30080\/TCP/)
    const lines = it.kubectl('kubectl describe service web').split('\n')
    expect(lines.filter((line) => /NodePort:|External Traffic/.test(line))).toEqual([
      'NodePort:                 80  30080/TCP',
      'External Traffic Policy:  Local',
      'HealthCheck NodePort:     30081',
    ])
  })

  it('prints tables in the columns of the real one', () => {
    const it = plane()
    it.kubectl('kubectl apply -f -', MANIFEST)
    it.seconds(5)
    expect(it.kubectl('kubectl get deployments,services'))
      .toBe(`NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
deployment.apps/web   2/2     2            2           5s

NAME                 TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE
service/kubernetes   ClusterIP   10.96.0.1        <none>        443/TCP   8s
service/web          ClusterIP   ${it.get<any>('services', 'web').spec.clusterIP.padEnd(14)}   <none>        80/TCP    5s
`)
    expect(it.kubectl('kubectl get nodes')).toMatch(
      /^NAME {5}STATUS {3}ROLES {4}AGE {3}VERSION\nnode-1 {3}Ready {4}<none> {3}8s/,
    )
    const wide = it.kubectl('kubectl get pods -o wide')
    expect(wide.split('\n')[0]).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/,
    )
    expect(it.kubectl('kubectl get pods -A --no-headers').trim().split('\n')).toHaveLength(2)
    expect(it.kubectl('kubectl get deploy -o name')).toBe('deployment.apps/web\n')
    expect(JSON.parse(it.kubectl('kubectl get deploy web -ojson')).kind).toBe('Deployment')
    expect(JSON.parse(it.kubectl('kubectl get pods --output=json -l app=web')).items).toHaveLength(2)
    expect(it.kubectl('kubectl get svc web -o yaml')).toMatch(
      /^apiVersion: v1\nkind: Service\nmetadata:\n {2}annotations:\n {4}kubectl.kubernetes.io\/last-applied-configuration: \|\n/,
    )
  })

  it.each([
    ['kubectl get pod nope', 'Error from server (NotFound): pods "nope" not found\n'],
    ['kubectl get nonsense', 'error: the server doesn\'t have a resource type "nonsense"\n'],
    ['kubectl frobnicate', 'error: unknown command "frobnicate" for "kubectl"\n'],
    ['kubectl get pods --frob', "error: unknown flag: --frob\nSee 'kubectl get --help' for usage.\n"],
    ['kubectl get pods -x', "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage.\n"],
    ['kubectl get pods -o', "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n"],
    ['kubectl scale deployment/nope --replicas=2', 'Error from server (NotFound): deployments.apps "nope" not found\n'],
    ['kubectl scale deployment/nope', 'error: required flag(s) "replicas" not set\n'],
    ['kubectl delete pods', 'error: resource(s) were provided, but no name was specified\n'],
    ['kubectl apply -f nowhere.yaml', 'error: the path "nowhere.yaml" does not exist\n'],
    [
      'kubectl taint node node-1 a=b:Nonsense',
      "error: invalid taint effect: Nonsense, unsupported taint effect\nSee 'kubectl taint -h' for help and examples\n",
    ],
    ['kubectl run Big --image=x', `The Pod "Big" is invalid: \n* metadata.name: Invalid value: "Big": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n* spec.containers[0].name: Invalid value: "Big": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')\n`], // prettier-ignore
    ['kubectl create configmap Big', `error: failed to create configmap: ConfigMap "Big" is invalid: metadata.name: Invalid value: "Big": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n`], // prettier-ignore
    ['kubectl cp a.txt web:/a.txt', "error: a.txt doesn't exist in local filesystem\n"],
    ['kubectl port-forward web 8080:80', 'error: there is no port here to listen on: kubectl get --raw /api/v1/namespaces/default/pods/web:80/proxy/ asks through the API server; with a kubectl of your own it works: npx clusterwright up\n'], // prettier-ignore
    ['kubectl port-forward -n shop svc/web 80', 'error: there is no port here to listen on: kubectl get --raw /api/v1/namespaces/shop/services/web:80/proxy/ asks through the API server; with a kubectl of your own it works: npx clusterwright up\n'], // prettier-ignore
    ['kubectl proxy --port=8001', 'error: there is no port here to listen on: kubectl get --raw /PATH asks the API server; with a kubectl of your own it works: npx clusterwright up\n'], // prettier-ignore
    ['kubectl cordon nope', 'Error from server (NotFound): nodes "nope" not found\n'],
  ])('%s fails in the words of the real one', (line, errors) => {
    expect(plane().kubectl(line)).toBe(`${errors}[exit 1]\\n`.replace('\\n', '\n'))
  })

  it('says when there is nothing', () => {
    const it = plane()
    expect(it.kubectl('kubectl get pods')).toBe('No resources found in default namespace.\n')
    expect(it.kubectl('kubectl get pods -A')).toBe('No resources found\n')
    expect(it.kubectl('kubectl get pods -n kube-system')).toBe('No resources found in kube-system namespace.\n')
  })

  it('cordons, taints and labels', () => {
    const it = plane()
    const say = (line: string): string => it.kubectl(`kubectl ${line}`).trim()
    expect(say('cordon node-1')).toBe('node/node-1 cordoned')
    expect(say('cordon node/node-1')).toBe('node/node-1 already cordoned')
    expect(say('get node node-1 --no-headers')).toContain('Ready,SchedulingDisabled')
    expect(say('uncordon node-1')).toBe('node/node-1 uncordoned')
    expect(say('taint nodes node-1 team=a:NoSchedule')).toBe('node/node-1 tainted')
    expect(say('taint nodes node-1 team=b:NoSchedule')).toContain(
      'already has team taint(s) with same effect(s) and --overwrite is false',
    )
    expect(say('taint nodes node-1 team:NoSchedule-')).toBe('node/node-1 untainted')
    expect(say('taint nodes node-1 team-')).toContain('not found')
    expect(say('label node node-1 disk=ssd')).toBe('node/node-1 labeled')
    expect(say('label node node-1 disk=hdd')).toContain("'disk' already has a value (ssd), and --overwrite is false")
    expect(say('label node node-1 disk=ssd')).toBe('node/node-1 not labeled')
    expect(say('label node node-1 disk-')).toBe('node/node-1 unlabeled')
  })

  it('deletes, and waits until it is gone', () => {
    const it = plane()
    it.kubectl('kubectl apply -f -', MANIFEST)
    it.seconds(5)
    const [pod] = it.pods()
    const before = it.world.now
    expect(it.kubectl(`kubectl delete pod ${pod!.metadata.name}`)).toBe(
      `pod "${pod!.metadata.name}" deleted from default namespace\n`,
    )
    expect(it.world.now - before).toBeGreaterThan(900_000)
    expect(it.kubectl('kubectl delete -f -', MANIFEST)).toBe(
      'deployment.apps "web" deleted from default namespace\nservice "web" deleted from default namespace\n',
    )
  })

  it('describes a Pod that waits with the reason why', () => {
    const it = plane()
    it.kubectl(
      'kubectl apply -f -',
      MANIFEST.replace('image: web:1', 'image: web:1\n          resources: { requests: { cpu: "64" } }'),
    )
    it.seconds(2)
    const text = it.kubectl(`kubectl describe pod ${it.pods()[0]!.metadata.name}`)
    expect(text).toMatch(/^Name: {11}web-/)
    expect(text).toContain('Status:         Pending')
    expect(text).toMatch(
      /Warning {2}FailedScheduling {2}2s {4}default-scheduler {2}0\/3 nodes are available: 3 Insufficient cpu\./,
    )
  })

  it('says that nobody answers when nobody does', () => {
    const it = plane()
    it.world.command(it.world.now, { type: 'stop', process: 'cp-1/kube-apiserver' })
    expect(it.kubectl('kubectl get pods')).toContain('was refused - did you specify the right host or port?')
  })
})

describe('ages', () => {
  it.each([
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [200, '3m20s'],
    [599, '9m59s'],
    [600, '10m'],
    [10_799, '179m'],
    [10_800, '3h'],
    [18_180, '5h3m'],
    [28_800, '8h'],
    [172_799, '47h'],
    [172_800, '2d'],
    [277_200, '3d5h'],
    [691_200, '8d'],
    [63_072_000, '2y'],
    [65_664_000, '2y30d'],
    [-1, '0s'],
    [-5, '<invalid>'],
  ])('%i s is %s', (seconds, text) => {
    expect(humanDuration(seconds * 1e6)).toBe(text)
  })
})

describe('columns', () => {
  it('are as wide as their widest cell and three more, six at least, and the last is not padded', () => {
    expect(alignTabs('A\tB\tC\nlonger\tx\ty', GET_TABS)).toBe('A        B     C\nlonger   x     y')
  })

  it('end where a line has no cell there', () => {
    const lines = 'a\tb\nlong title\nccc\td'
    expect(alignTabs(lines, { minWidth: 0, padding: 2 })).toBe('a  b\nlong title\nccc  d')
  })
})

describe('the words of a line', () => {
  it.each([
    ['kubectl get pods', ['kubectl', 'get', 'pods']],
    ["label pod a 'x=1 2'", ['label', 'pod', 'a', 'x=1 2']],
    ['a "b c"d \\" ', ['a', 'b cd', '"']],
    ['', []],
  ])('%s', (line, words) => {
    expect(splitLine(line)).toEqual(words)
  })

  it('are flags in every spelling', () => {
    const spec = { values: ['output'], switches: ['all-namespaces'] }
    for (const spelling of [['-o', 'yaml'], ['-oyaml'], ['-o=yaml'], ['--output', 'yaml'], ['--output=yaml']]) {
      expect(parseFlags(['pods', ...spelling, '-A'], spec, 'get')).toEqual({
        args: ['pods'],
        flags: { output: 'yaml', 'all-namespaces': true },
        rest: [],
      })
    }
  })
})

describe('the status of a Pod', () => {
  const container = (state: object, ready = false, more = {}) => ({
    name: 'c',
    image: 'c',
    ready,
    restartCount: 0,
    state,
    ...more,
  })
  const pod = (status: object, more: Partial<Pod> = {}): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'c' }] },
    status,
    ...more,
  })
  const leaving = { metadata: { name: 'p', deletionTimestamp: '2026-01-01T00:00:00Z' } }
  const init = { spec: { containers: [{ name: 'c', image: 'c' }], initContainers: [{ name: 'i', image: 'i' }] } }
  it.each<[string, Pod]>([
    ['Pending', pod({ phase: 'Pending' })],
    ['Running', pod({ phase: 'Running', containerStatuses: [container({ running: {} }, true)] })],
    [
      'ContainerCreating',
      pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] }),
    ],
    [
      'CrashLoopBackOff',
      pod({ phase: 'Running', containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }),
    ],
    [
      'Error',
      pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 1, reason: 'Error' } })] }),
    ],
    ['ExitCode:3', pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] })],
    [
      'Completed',
      pod({ phase: 'Succeeded', containerStatuses: [container({ terminated: { exitCode: 0, reason: 'Completed' } })] }),
    ],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    [
      'SchedulingGated',
      pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    ],
    ['Terminating', pod({ phase: 'Running', containerStatuses: [container({ running: {} }, true)] }, leaving)],
    [
      'Init:0/1',
      pod({ phase: 'Pending', initContainerStatuses: [{ ...container({ running: {} }), name: 'i' }] }, init),
    ],
    [
      'Init:Error',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [{ ...container({ terminated: { exitCode: 1, reason: 'Error' } }), name: 'i' }],
        },
        init,
      ),
    ],
  ])('%s', (status, aPod) => {
    expect(podSummary(aPod, 0).status).toBe(status)
  })

  it('counts restarts and says how long ago the last one was', () => {
    const restarted = pod({
      containerStatuses: [
        container({ running: {} }, true, {
          restartCount: 4,
          lastState: { terminated: { exitCode: 1, finishedAt: '1970-01-01T00:01:00Z' } },
        }),
      ],
    })
    expect(podSummary(restarted, 90e6)).toMatchObject({ ready: '1/1', restarts: '4 (30s ago)' })
  })
})

describe('the three-way patch', () => {
  it.each<[rule: string, original: object, modified: object, current: object, patch: object | undefined]>([
    ['nothing to do', { a: 1 }, { a: 1 }, { a: 1, b: 2 }, undefined],
    ['a changed value', { a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }],
    ['a value that somebody else changed is set back', { a: 1 }, { a: 1 }, { a: 3 }, { a: 1 }],
    ['a value no longer wanted', { a: 1 }, {}, { a: 1 }, { a: null }],
    ['a value no longer wanted that is gone already', { a: 1 }, {}, {}, undefined],
    ['what others have added stays', {}, { a: { b: 1 } }, { a: { b: 1, c: 2 } }, undefined],
    ['a plain list is replaced', { l: [1] }, { l: [1, 2] }, { l: [1] }, { l: [1, 2] }],
    [
      'an item is found by its key',
      {},
      { env: [{ name: 'A', value: '2' }] },
      { env: [{ name: 'A', value: '1' }, { name: 'Z' }] },
      { env: [{ name: 'A', value: '2' }], '$setElementOrder/env': [{ name: 'A' }] },
    ],
    [
      'an item no longer wanted',
      { env: [{ name: 'A' }, { name: 'B' }] },
      { env: [{ name: 'A' }] },
      { env: [{ name: 'A' }, { name: 'B' }] },
      { env: [{ $patch: 'delete', name: 'B' }], '$setElementOrder/env': [{ name: 'A' }] },
    ],
    [
      'a new item comes where the file has it',
      {},
      { spec: { ports: [{ port: 80 }, { port: 81 }] } },
      { spec: { ports: [{ port: 80, protocol: 'TCP' }] } },
      { spec: { ports: [{ port: 81 }], '$setElementOrder/ports': [{ port: 80 }, { port: 81 }] } },
    ],
  ])('%s', (_rule, original, modified, current, patch) => {
    expect(threeWayPatch(original, modified, current)).toEqual(patch)
  })
})
