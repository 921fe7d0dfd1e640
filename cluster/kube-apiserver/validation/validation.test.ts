/**
 * What a genuine kube-apiserver answered to objects with one thing wrong in them, where its words are still those of today.
 *
 * It was a server of 1.20 that was asked, with `dryRun=All`; each row is a change of what is valid, and every cause that it told.
 */
import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { deployment, DEPLOYMENTS, Lab, PODS, SERVICES, service } from '../lab.ts'

const lab = new Lab(1, {}, builtInSchemas)
lab.run(1_000_000)

const LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')" // prettier-ignore
const NAME_PART = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')" // prettier-ignore

type Row = readonly [change: object, causes: readonly string[]]

function causesOf(path: string, body: object): readonly string[] {
  const { status, body: said } = lab.send('POST', path, body, { dryRun: 'All' })
  if (status === 201) return []
  expect(status).toBe(422)
  return said.details.causes.map(({ field, message }: { field: string; message: string }) => `${field}: ${message}`)
}

const container = (fields: object = {}) => ({ name: 'c', image: 'nginx:1', ...fields })
const podOf = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container()], ...spec } }) // prettier-ignore
const having = (fields: object) => ({ containers: [container(fields)] })
const mounted = (mounts: object[]) => ({ containers: [container({ volumeMounts: mounts })], volumes: [{ name: 'data', emptyDir: {} }] }) // prettier-ignore
const at = 'spec.containers[0]'

describe('a Pod that is refused', () => {
  it.each<Row>([
    [{ containers: [] }, ['spec.containers: Required value']],
    [{ containers: [{}] }, [`${at}.name: Required value`, `${at}.image: Required value`]],
    [{ containers: [container(), container()] }, ['spec.containers[1].name: Duplicate value: "c"']],
    [having({ name: 'Bad_Name' }), [`${at}.name: Invalid value: "Bad_Name": ${LABEL}`]],
    [having({ name: `${'a'.repeat(64)}_` }), [`${at}.name: Invalid value: "${'a'.repeat(64)}_": must be no more than 63 characters`, `${at}.name: Invalid value: "${'a'.repeat(64)}_": ${LABEL}`]],
    [having({ imagePullPolicy: 'Sometimes' }), [`${at}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`]],
    [having({ ports: [{ name: 'Bad_Name', containerPort: 70000 }] }), [`${at}.ports[0].name: Invalid value: "Bad_Name": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`, `${at}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`]],
    [having({ ports: [{ containerPort: 1, hostPort: 8 }, { containerPort: 2, hostPort: 8 }] }), [`${at}.ports[1].hostPort: Duplicate value: "TCP//8"`]],
    [having({ env: [{ name: '' }, { name: '1A' }] }), [`${at}.env[0].name: Required value`, `${at}.env[1].name: Invalid value: "1A": a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`]],
    [having({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.nosuch' } } }] }), [`${at}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nosuch": error converting fieldPath: field label not supported: spec.nosuch`, `${at}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`]],
    [having({ env: [{ name: 'A', valueFrom: {} }] }), [`${at}.env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\` or \`secretKeyRef\``]],
    [having({ livenessProbe: {} }), [`${at}.livenessProbe: Required value: must specify a handler type`]],
    [having({ livenessProbe: { exec: {}, tcpSocket: { port: 1 }, periodSeconds: -1 } }), [`${at}.livenessProbe.exec.command: Required value`, `${at}.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`, `${at}.livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`]],
    [having({ resources: { limits: { cpu: '-1', nosuch: '1' } } }), [`${at}.resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0`, `${at}.resources.limits[nosuch]: Invalid value: "nosuch": must be a standard resource type or fully qualified`, `${at}.resources.limits[nosuch]: Invalid value: "nosuch": must be a standard resource for containers`, `${at}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`, `${at}.resources.requests[nosuch]: Invalid value: "nosuch": must be a standard resource type or fully qualified`, `${at}.resources.requests[nosuch]: Invalid value: "nosuch": must be a standard resource for containers`]],
    [mounted([{ name: 'nosuch', mountPath: '/a' }]), [`${at}.volumeMounts[0].name: Not found: "nosuch"`]],
    [mounted([{ name: 'data', mountPath: '/a' }, { name: 'data', mountPath: '/a' }]), [`${at}.volumeMounts[1].mountPath: Invalid value: "/a": must be unique`]],
    [mounted([{ name: 'data', mountPath: '/a', subPath: '../b' }]), [`${at}.volumeMounts.subPath: Invalid value: "../b": must not contain '..'`]],
    [{ volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/' } }] }, ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type']],
    [{ volumes: [{ name: 'a', secret: {} }, { name: 'b', configMap: { name: 'c', items: [{ key: 'k', path: '/abs' }] } }] }, ['spec.volumes[0].secret.secretName: Required value', 'spec.volumes[1].configMap.items[0].path: Invalid value: "/abs": must be a relative path']],
    [{ restartPolicy: 'Often' }, ['spec.restartPolicy: Unsupported value: "Often": supported values: "Always", "OnFailure", "Never"']],
    [{ dnsPolicy: 'Any' }, ['spec.dnsPolicy: Unsupported value: "Any": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"']],
    [{ dnsPolicy: 'None' }, ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
    [{ hostNetwork: true, ...having({ ports: [{ containerPort: 1, hostPort: 2 }] }) }, [`${at}.ports[0].containerPort: Invalid value: 1: must match \`hostPort\` when \`hostNetwork\` is true`]],
    [{ nodeSelector: { 'a/': 'b' } }, [`spec.nodeSelector: Invalid value: "a/": name part must be non-empty`, `spec.nodeSelector: Invalid value: "a/": ${NAME_PART}`]],
    [{ securityContext: { runAsUser: -1 } }, ['spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive']],
    [{ tolerations: [{ key: 'k', operator: 'Is', effect: 'Never' }] }, ['spec.tolerations[0].operator: Unsupported value: "Is": supported values: "Equal", "Exists"', 'spec.tolerations[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"']],
    [{ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } }, ['spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term']],
    [{ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } }, ['spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty', 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty', `spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": ${NAME_PART}`]],
    [{ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'Maybe' }] }, ['spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero', 'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"']],
    [{ initContainers: [{ ...container(), name: 'c' }] }, ['spec.initContainers[0].name: Duplicate value: "c"']],
    [{ hostname: 'a.b', activeDeadlineSeconds: 0 }, ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive', `spec.hostname: Invalid value: "a.b": ${LABEL}`].toReversed()],
  ])('%j', (change, causes) => {
    expect(causesOf(PODS, podOf(change))).toEqual(causes)
  }) // prettier-ignore
})

describe('a Deployment or a Service that is refused', () => {
  it.each<Row>([
    [{ selector: undefined }, ['spec.selector: Required value', 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`']],
    [{ template: undefined }, ['spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`', 'spec.template.spec.containers: Required value']],
    [{ replicas: -1, minReadySeconds: -1, revisionHistoryLimit: -1 }, ['spec.replicas', 'spec.minReadySeconds', 'spec.revisionHistoryLimit'].map((field) => `${field}: Invalid value: -1: must be greater than or equal to 0`)],
    [{ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }, ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0']],
    [{ strategy: { rollingUpdate: { maxUnavailable: '150%' } } }, ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%']],
    [{ template: { metadata: { labels: { app: 'web' } }, spec: { ...having({}), restartPolicy: 'Never' } } }, ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
  ])('%j', (change, causes) => {
    expect(causesOf(DEPLOYMENTS, deployment('web', change))).toEqual(causes)
  }) // prettier-ignore

  it.each<Row>([
    [{ ports: [{}] }, ['port', 'targetPort'].map((field) => `spec.ports[0].${field}: Invalid value: 0: must be between 1 and 65535, inclusive`)],
    [{ ports: [{ port: 80, targetPort: 'Http' }] }, ['spec.ports[0].targetPort: Invalid value: "Http": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']],
    [{ ports: [{ port: 80, protocol: 'ICMP' }] }, ['spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"']],
    [{ type: 'ExternalName', externalName: 'Not_A_Name', ports: undefined }, ["spec.externalName: Invalid value: \"Not_A_Name\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"]],
    [{ externalIPs: ['nope'] }, ['spec.externalIPs[0]: Invalid value: "nope": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    [{ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }, ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400']],
  ])('%j', (change, causes) => {
    expect(causesOf(SERVICES, service('web', change))).toEqual(causes)
  }) // prettier-ignore
})

describe('another kind that is refused', () => {
  const core = '/api/v1/namespaces/default'
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const SUBDOMAIN =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
  const mode = { accessModes: ['ReadWriteOnce'] }

  it.each<readonly [path: string, kind: string, fields: object, causes: readonly string[]]>([
    [`${core}/endpoints`, 'v1/Endpoints', { subsets: [{}] }, ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
    [`${core}/endpoints`, 'v1/Endpoints', { subsets: [{ addresses: [{ ip: '127.0.0.1' }, { ip: 'x' }], ports: [{ port: 0 }] }] }, ['subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)', `subsets[0].addresses[1].ip: Invalid value: "x": ${IP}`, 'subsets[0].addresses[1].ip: Invalid value: "x": must be a valid IP address', 'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive']],
    ['/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', 'discovery.k8s.io/v1/EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['x'] }], ports: [{ protocol: 'ICMP' }] }, ['endpoints[0].addresses[0]: Invalid value: "x": must be a valid IPv4 address', 'ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"']],
    [`${core}/configmaps`, 'v1/ConfigMap', { data: { '..': 'x' } }, ['data[..]: Invalid value: "..": must not be \'..\'']],
    [`${core}/secrets`, 'v1/Secret', { type: 'kubernetes.io/basic-auth' }, ['data[%s][username]: Required value', 'data[%s][password]: Required value']],
    [`${core}/secrets`, 'v1/Secret', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '' } }, ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input']],
    [`${core}/secrets`, 'v1/Secret', { type: 'kubernetes.io/service-account-token' }, ['metadata.annotations[kubernetes.io/service-account.name]: Required value']],
    ['/api/v1/nodes', 'v1/Node', { spec: { taints: [{ key: 'a', value: 'a b', effect: 'Never' }] } }, [expect.stringMatching(/^metadata\.taints\[0\]\.value: Invalid value: "a b": a valid label/) as unknown as string, 'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"']],
    ['/api/v1/persistentvolumes', 'v1/PersistentVolume', {}, ['spec.accessModes: Required value', 'spec.capacity: Required value', 'spec.capacity: Unsupported value: {}: supported values: "storage"', 'spec: Required value: must specify a volume type']],
    ['/api/v1/persistentvolumes', 'v1/PersistentVolume', { spec: { ...mode, capacity: { storage: '0' }, hostPath: {}, storageClassName: 'A' } }, ['spec.capacity[storage]: Invalid value: "0": must be greater than zero', 'spec.hostPath.path: Required value', `spec.storageClassName: Invalid value: "A": ${SUBDOMAIN}`]],
    [`${core}/persistentvolumeclaims`, 'v1/PersistentVolumeClaim', {}, ['spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value']],
    ['/apis/storage.k8s.io/v1/storageclasses', 'storage.k8s.io/v1/StorageClass', { provisioner: 'x', allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone' }] }] }, ['allowedTopologies[0].matchLabelExpressions[0].values: Required value']],
    [`${core}/limitranges`, 'v1/LimitRange', { spec: { limits: [{ type: 'Thing' }, { type: 'Container', max: { nosuch: '1' } }] } }, ['spec.limits[0].type: Invalid value: "Thing": must be a standard limit type or fully qualified', ...['max', 'default', 'defaultRequest'].flatMap((list) => ['must be a standard resource type or fully qualified', 'must be a standard resource for containers'].map((why) => `spec.limits[1].${list}[nosuch]: Invalid value: "nosuch": ${why}`))]],
    [`${core}/resourcequotas`, 'v1/ResourceQuota', { spec: { hard: { nosuch: '1', pods: '-1' }, scopes: ['Any'] } }, ['spec.hard[nosuch]: Invalid value: "nosuch": must be a standard resource type or fully qualified', 'spec.hard[nosuch]: Invalid value: "nosuch": must be a standard resource for quota', 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0', 'spec.scopes: Invalid value: ["Any"]: unsupported scope']],
    [`${rbac}/namespaces/default/roles`, 'rbac.authorization.k8s.io/v1/Role', { rules: [{}] }, ['rules[0].verbs: Required value: verbs must contain at least one value', 'rules[0].apiGroups: Required value: resource rules must supply at least one api group', 'rules[0].resources: Required value: resource rules must supply at least one resource']],
    [`${rbac}/clusterrolebindings`, 'rbac.authorization.k8s.io/v1/ClusterRoleBinding', { roleRef: { apiGroup: 'x', kind: 'Role', name: 'a' }, subjects: [{ kind: 'ServiceAccount', name: 'sa' }, { kind: 'Dog', name: 'd' }] }, ['roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"', 'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"', 'subjects[0].namespace: Required value', 'subjects[1].kind: Unsupported value: "Dog": supported values: "ServiceAccount", "User", "Group"']],
    [`${rbac}/clusterroles`, 'rbac.authorization.k8s.io/v1/ClusterRole', { aggregationRule: {}, rules: [] }, ['aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil']],
  ])('%s %s %j', (path, kind, fields, causes) => {
    const at = kind.lastIndexOf('/')
    const body = { apiVersion: kind.slice(0, at), kind: kind.slice(at + 1), metadata: { name: 'x' }, ...fields }
    expect(causesOf(path, body)).toEqual(causes)
  }) // prettier-ignore
})
