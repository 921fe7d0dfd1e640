/** Checks of `aggregation-router`: examples of each rule, and the reference over groups and paths that are alike. */
import { defineChecks, differential, example, functionsGuest, property, type Trial } from 'clusterwright/kit'
import { apiService, type Claim, type DiscoveryCase, discoveryCase, type RoutesCase, routesCase } from './cases.ts'
import { livesOn, type ServerPlan, serverPlan, serverWorld, tellServer } from './in-the-server.ts'
import { judgeDiscovery, judgeRoute } from './oracle.ts'
import { texts } from './texts.ts'

/** All of them asked of one guest, one list of APIServices after the other. */
function judgeRoutes(trial: Trial<any>, { times }: RoutesCase): void {
  const guest = trial.start()
  for (const { claims, paths } of times) {
    const all = claims.map(apiService)
    const answers = trial.call(guest, 'each', ['route', paths.map((path) => [path, all])], 'route') as unknown[]
    paths.forEach((path, index) => {
      const finding = judgeRoute(path, all, answers[index])
      if (finding) trial.fail(finding)
    })
  }
}

function judgeGroups(trial: Trial<any>, cases: readonly DiscoveryCase[]): void {
  const given = cases.map(({ claims }) => claims.map(apiService))
  const answers = trial.call(trial.start(), 'each', ['discover', given.map((all) => [all])], 'discover') as unknown[]
  given.forEach((all, index) => {
    const finding = judgeDiscovery(all, answers[index])
    if (finding) trial.fail(finding)
  })
}

const METRICS: Claim = { group: 'metrics.k8s.io', version: 'v1beta1', service: 'kube-system/metrics-server' }
const APPS: Claim = { group: 'apps', version: 'v1', groupPriority: 17_800 }
const CORE: Claim = { group: '', version: 'v1', groupPriority: 18_000, versionPriority: 1 }
const SHOP: Claim = { group: 'apps.example.com', version: 'v1', service: 'shop/api:8443' }

const shown = (claims: readonly Claim[], ...paths: string[]) => ({
  run: (trial: Trial<any>): void => judgeRoutes(trial, { times: [{ claims, paths }] }),
})

const checks = [
  example('a group and version go to the Service that claims them', {
    stage: 'route',
    hint: 'segments',
    ...shown(
      [CORE, APPS, METRICS, SHOP],
      ...['/apis/metrics.k8s.io/v1beta1/nodes', '/apis/metrics.k8s.io/v1beta1', '/apis/metrics.k8s.io/v1beta1/'],
      '/apis/apps.example.com/v1/namespaces/default/carts/7',
    ),
  }),

  example('built-in groups, and what is no API, are answered here', {
    stage: 'route',
    hint: 'segments',
    ...shown(
      [CORE, APPS, METRICS],
      ...['/apis/apps/v1/deployments', '/apis', '/apis/', '/', '/healthz', '/openapi/v3/apis/metrics.k8s.io/v1beta1'],
      ...['/apis/metrics.k8s.io', '/apis/apps/'],
    ),
  }),

  example('a name that is only alike is another name', {
    stage: 'route',
    hint: 'exactly',
    ...shown(
      [SHOP, APPS, METRICS, { group: 'metrics.k8s.io', version: 'v1', service: 'monitoring/adapter' }],
      ...['/apis/apps/v1/deployments', '/apis/apps.example.com/v1/carts', '/apis/metrics.k8s.io/v1/nodes'],
      ...['/apis/metrics.k8s.io/v1beta1/nodes', '/apis/metrics.k8s.io/v1beta2/nodes', '/apis/k8s.io/v1/nodes'],
      ...['/apis/Metrics.K8s.io/v1/nodes', '/apis/APPS', '/apis/metrics.k8s.io/V1/nodes', '/APIS/metrics.k8s.io/v1'],
    ),
  }),

  example('nobody takes the core API away', {
    stage: 'route',
    hint: 'segments',
    ...shown(
      [{ ...CORE, service: 'shop/api' }, { group: 'api', version: 'v1', service: 'shop/api' }, METRICS],
      ...['/api', '/api/v1', '/api/v1/namespaces/default/pods', '/apis/api/v1/carts'],
      '/api/v1/namespaces/default/services/web/proxy/apis/metrics.k8s.io/v1beta1/nodes',
    ),
  }),

  example('what nobody claims is not found', {
    stage: 'route',
    hint: 'exactly',
    ...shown(
      [CORE, APPS, METRICS],
      ...['/apis/apps/v1beta1/deployments', '/apis/shop.example.com', '/apis/shop.example.com/v1/carts'],
      '/apis/v1/apps',
    ),
  }),

  example('who is not available is not asked', {
    stage: 'availability',
    hint: 'available',
    ...shown(
      [
        { ...APPS, available: 'False' },
        { ...METRICS, available: 'False' },
        { ...METRICS, version: 'v1', available: 'Unknown' },
        { ...SHOP, available: 'none' },
        { ...SHOP, version: 'v2', available: 'others' },
        { ...SHOP, version: 'v3' },
      ],
      ...['/apis/metrics.k8s.io/v1beta1/nodes', '/apis/metrics.k8s.io/v1/nodes', '/apis/apps.example.com/v1/carts'],
      ...['/apis/apps.example.com/v2/carts', '/apis/apps.example.com/v3/carts', '/apis/apps/v1/deployments'],
      ...['/apis/metrics.k8s.io', '/apis/apps.example.com/v4/carts'],
    ),
  }),

  example('discovery goes by priorities', {
    stage: 'discovery',
    hint: 'order',
    run: (trial) =>
      judgeGroups(trial, [
        { claims: [METRICS, CORE, { ...SHOP, available: 'False' }, APPS] },
        {
          claims: [
            { group: 'batch', version: 'v1beta1', versionPriority: 9 },
            { group: 'apps', version: 'v1beta2', groupPriority: 100 },
            { group: 'batch', version: 'v1', versionPriority: 15 },
            { group: 'apps', version: 'v1', groupPriority: 2000 },
            { group: 'apps', version: 'v1alpha1', groupPriority: 100, versionPriority: 100 },
          ],
        },
      ]),
  }),

  differential<RoutesCase>('any path, whoever claims what: the same answers as the reference', {
    stage: 'route',
    hint: 'exactly',
    generate: routesCase,
    run: judgeRoutes,
    shrink: { fixed: ['times', 'claims', 'paths', 'group', 'version'], nonEmpty: ['times'] },
  }),

  differential<DiscoveryCase>('any APIServices, in any order: the same discovery', {
    stage: 'discovery',
    hint: 'order',
    generate: discoveryCase,
    run: (trial, one) => judgeGroups(trial, [one]),
    shrink: { fixed: ['claims', 'group', 'version'] },
  }),

  property<ServerPlan>('in the API server of a cluster, each request finds who answers it', {
    stage: 'availability',
    hint: 'available',
    per200: 3,
    generate: serverPlan,
    world: serverWorld,
    run: livesOn,
    calm: (plan) => ({ ...plan, faults: [] }),
    tell: tellServer,
    shrink: {
      fixed: ['outsiders', 'claims', 'name', 'group', 'version', 'groupPriority', 'visits', 'faults', 'atMs', 'path', 'do', 'server', 'claim'], // prettier-ignore
      triesMax: 8,
    },
  }),
]

export default defineChecks(functionsGuest(['route', 'discover']), checks, texts)
