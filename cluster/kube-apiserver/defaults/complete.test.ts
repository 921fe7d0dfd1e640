import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { completeStatus } from './complete.ts'
import { CONFIG_MAPS, configMap, DEPLOYMENTS, deployment, Lab, pod, PODS, requestOf } from '../lab.ts'

const lab = () => new Lab(1, {}, builtInSchemas)

const FULL = {
  serviceAccountName: 'default',
  volumes: [
    { name: 'nothing' },
    { name: 'secret', secret: { secretName: 's' } },
    { name: 'config', configMap: { name: 'c' } },
    { name: 'host', hostPath: { path: '/tmp' } },
    { name: 'all', projected: { sources: [{ serviceAccountToken: { path: 't' } }, { downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.name' } }] } }] } }, // prettier-ignore
  ],
  containers: [
    {
      name: 'app',
      image: 'app:1',
      env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      livenessProbe: { httpGet: { port: 80 } },
      lifecycle: { preStop: { httpGet: { port: 80 } } },
    },
  ],
}

describe('a status of a server that knows all types', () => {
  it('has the times of a Pod’s conditions and the states of its containers, said or not', () => {
    const it = lab()
    it.send('POST', PODS, pod('a'))
    const status = { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'a', image: 'a', ready: true, restartCount: 0 }] } // prettier-ignore
    const { body } = it.send('PATCH', `${PODS}/a/status`, { status }, undefined, 'application/merge-patch+json')
    expect(body.status).toMatchObject({
      conditions: [{ type: 'Ready', lastProbeTime: null, lastTransitionTime: null }],
      containerStatuses: [{ imageID: '', state: {}, lastState: {} }],
    })
  })

  it.each([
    ['statefulsets', 'StatefulSet', { replicas: 0, availableReplicas: 0 }],
    ['replicasets', 'ReplicaSet', { replicas: 0 }],
    ['daemonsets', 'DaemonSet', { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }], // prettier-ignore
  ])('has the counts of %s that are told although they are 0', (resource, kind, counts) => {
    const status = { observedGeneration: 1 }
    const object = { apiVersion: 'apps/v1', kind, metadata: { name: 'a' }, spec: {}, status } as KubernetesObject
    expect(completeStatus(resourceOfKind(kind)!, object)).toEqual({ ...object, status: { ...status, ...counts } })
    expect(resourceOfKind(kind)!.resource).toBe(resource)
  })
})

describe('a Pod of a server that knows all types', () => {
  it('has every default that people see', () => {
    const { spec } = lab().send('POST', PODS, pod('a', {}, FULL)).body
    expect(spec).toMatchObject({
      enableServiceLinks: true,
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      volumes: [
        { emptyDir: {} },
        { secret: { defaultMode: 420 } },
        { configMap: { defaultMode: 420 } },
        { hostPath: { type: '' } },
        { projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3600 } }, { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1' } }] } }] } }, // prettier-ignore
      ],
      containers: [
        {
          imagePullPolicy: 'IfNotPresent',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }],
          livenessProbe: { httpGet: { path: '/', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }, // prettier-ignore
          lifecycle: { preStop: { httpGet: { path: '/', scheme: 'HTTP' } } },
        },
      ],
    })
  })

  it('made of what another has become is the same', () => {
    const it = lab()
    const { spec } = it.send('POST', PODS, pod('a', {}, FULL)).body
    expect(it.send('POST', PODS, pod('b', {}, spec)).body.spec).toEqual(spec)
  })

  it('gets a helper that is complete too', () => {
    const it = lab()
    it.send('POST', PODS, pod('a'))
    const helper = { name: 'debugger', image: 'busybox' }
    const { body } = it.send('PATCH', `${PODS}/a/ephemeralcontainers`, { spec: { ephemeralContainers: [helper] } }, undefined, 'application/strategic-merge-patch+json') // prettier-ignore
    expect(body.spec.ephemeralContainers).toEqual([
      { ...helper, imagePullPolicy: 'Always', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }, // prettier-ignore
    ])
  })
})

describe('a template there', () => {
  it('has what is not a Pod’s alone', () => {
    const { spec } = lab().send('POST', DEPLOYMENTS, deployment('web')).body.spec.template
    expect(spec).toMatchObject({ securityContext: {}, containers: [{ terminationMessagePolicy: 'File' }] })
    expect(spec.enableServiceLinks).toBeUndefined()
  })

  it('calls its account by both names, whichever was given', () => {
    const it = lab()
    const { template } = it.send('POST', DEPLOYMENTS, deployment('web')).body.spec
    const named = { spec: { template: { ...template, spec: { ...template.spec, serviceAccountName: 'a' } } } }
    expect(it.patch(`${DEPLOYMENTS}/web`, named).body.spec.template.spec.serviceAccount).toBe('a')
    const renamed = it.patch(`${DEPLOYMENTS}/web`, { spec: { template: { spec: { serviceAccountName: 'b' } } } })
    expect(renamed.body.spec.template.spec.serviceAccount).toBe('b')
  })
})

it('labels and annotations that are none are not said', () => {
  const it = lab()
  const { body } = it.send('POST', CONFIG_MAPS, configMap('a'))
  const empty = { metadata: { labels: {}, annotations: {}, finalizers: [] } }
  expect(it.patch(`${CONFIG_MAPS}/a`, empty).body).toEqual(body)
})

it('who asks for Endpoints is warned, and finds those of the servers', () => {
  const it = lab()
  const name = it.start(requestOf('GET', '/api/v1/namespaces/default/endpoints/kubernetes'))
  it.run(1_000_000)
  const answer = it.heard(name).at(-1)!.body
  expect(answer.headers.warning).toBe('299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"') // prettier-ignore
  expect(answer.body.subsets).toEqual([
    { addresses: [{ ip: '192.168.0.10' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
  ])
})

it('a small server leaves them out', () => {
  const { spec } = new Lab().send('POST', PODS, pod('a')).body
  expect(spec.containers[0].terminationMessagePath).toBeUndefined()
})

describe('a field that is behind a gate', () => {
  const gated = {
    schedulingGroup: { podGroupName: 'g' },
    containers: [
      { name: 'both', image: 'a', lifecycle: { stopSignal: 'SIGUSR1', preStop: { sleep: { seconds: 1 } } } },
      { name: 'alone', image: 'a', lifecycle: { stopSignal: 'SIGUSR1' } },
    ],
    initContainers: [{ name: 'first', image: 'a', restartPolicy: 'Always', lifecycle: { stopSignal: 'SIGUSR1' } }],
  }

  it('is dropped without a word from Pods and templates, and what is beside it stays', () => {
    const it = lab()
    const made = pod('a')
    it.send('POST', PODS, { ...made, spec: { ...made.spec, ...gated } }, { fieldValidation: 'Strict' })
    const web = deployment('web')
    const { template } = web.spec as unknown as { template: { spec: object } }
    const spec = { ...web.spec, template: { ...template, spec: { ...template.spec, ...gated } } }
    it.send('POST', DEPLOYMENTS, { ...web, spec }, { fieldValidation: 'Strict' })
    const ofPod = it.send('GET', `${PODS}/a`).body.spec
    const ofTemplate = it.send('GET', `${DEPLOYMENTS}/web`).body.spec.template.spec
    for (const { containers, initContainers, ...rest } of [ofPod, ofTemplate]) {
      expect(rest).not.toHaveProperty('schedulingGroup')
      expect(containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 1 } } })
      expect(containers[1]).not.toHaveProperty('lifecycle')
      expect(initContainers[0]).not.toHaveProperty('lifecycle')
    }
  })
})

describe('a binding of a server that knows all types', () => {
  it('says of which group the role and who has it are', () => {
    const subjects = [
      { kind: 'User', name: 'u' },
      { kind: 'ServiceAccount', name: 's', namespace: 'default' },
    ]
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'a' }, roleRef: { kind: 'ClusterRole', name: 'view' }, subjects } // prettier-ignore
    const { body } = lab().send('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', binding)
    const apiGroup = 'rbac.authorization.k8s.io'
    expect(body.roleRef).toEqual({ apiGroup, kind: 'ClusterRole', name: 'view' })
    expect(body.subjects).toEqual([{ ...subjects[0], apiGroup }, subjects[1]])
  })
})

describe('a Job', () => {
  const template = (labels?: object) => ({ ...(labels && { metadata: { labels } }), spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } }) // prettier-ignore
  const labelsOf = (own: object | undefined, ofPods: object | undefined) => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', ...(own && { labels: own }) }, spec: { template: template(ofPods) } } // prettier-ignore
    return Object.keys(
      lab().send('POST', '/apis/batch/v1/namespaces/default/jobs', job).body.metadata.labels,
    ).toSorted()
  }
  const CHOSEN = ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name']

  it('that has no labels has all of its Pods, those that the server chooses too', () => {
    expect(labelsOf(undefined, undefined)).toEqual(CHOSEN)
    expect(labelsOf(undefined, { app: 'x' })).toEqual(['app', ...CHOSEN])
    expect(labelsOf({ mine: 'y' }, { app: 'x' })).toEqual(['mine'])
  })
})

it('an autoscaler that says that there are no policies is refused, for it does not take the defaults', () => {
  const behavior = { scaleDown: { policies: [] } }
  const object = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'd' }, behavior } } // prettier-ignore
  const { body } = lab().send('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', object)
  expect(body.message).toContain('spec.behavior.scaleDown.policies: Required value: must specify at least one Policy')
})

it('an attachment is not there yet when it is asked for, whatever it says', () => {
  const attachment = { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name: 'a' }, spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } }, status: { attached: true } } // prettier-ignore
  const { body } = lab().send('POST', '/apis/storage.k8s.io/v1/volumeattachments', attachment)
  expect(body.status).toEqual({ attached: false })
})

it('an autoscaler of the former version tells of replicas that are none, and of metrics that are null', () => {
  const api = lab()
  const object = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'd' } } } // prettier-ignore
  const path = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`
  expect(api.send('POST', path('v1'), object).body.status).toEqual({ currentReplicas: 0, desiredReplicas: 0 })
  expect(api.send('GET', `${path('v2')}/a`).body.status).toEqual({ currentMetrics: null, desiredReplicas: 0 })
  const status = { desiredReplicas: 1 }
  expect(api.send('PATCH', `${path('v2')}/a/status`, { status }, undefined, 'application/merge-patch+json').status).toBe(200) // prettier-ignore
  expect(api.send('GET', `${path('v1')}/a`).body.status).toEqual({ currentReplicas: 0, desiredReplicas: 1 })
})

it('the claims of a StatefulSet keep what they say of their status', () => {
  const claim = { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }, status: { phase: 'Bound' } } // prettier-ignore
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } }
  const spec = { serviceName: 's', selector: { matchLabels: { a: 'b' } }, template, volumeClaimTemplates: [claim, { ...claim, metadata: { name: 'e' }, status: {} }] } // prettier-ignore
  const { body } = lab().send('POST', '/apis/apps/v1/namespaces/default/statefulsets', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' }, spec }) // prettier-ignore
  expect(body.spec.volumeClaimTemplates.map((one: any) => one.status.phase)).toEqual(['Bound', 'Pending'])
})
