/**
 * kube-controller-manager: the loops that make the cluster become what its objects say.
 *
 * What the real one does: runs some forty controllers in one process, on shared informers.
 * What we model: deployment, replicaset, endpoints, endpointslice, namespace, node-lifecycle, taint-eviction, node-ipam,
 * garbage-collector, pod-gc, persistentvolume-binder and ephemeral-volume, each in its own file or folder, and with them, in
 * place of the CSI drivers' own, an external-provisioner; resource-monitors (for the garbage collector), serviceaccount,
 * root-ca-certificate-publisher, pvc-protection, pv-protection, resourcequota, clusterrole-aggregation, job, cronjob, ttl-after-finished, daemonset, statefulset, disruption,
 * horizontal-pod-autoscaler, csrapproving, csrcleaner, service-cidr and ttl, which run where they are asked for; leader election, where there are several control planes.
 * csrsigning is there where a host brings what signs (`kubeControllerManagerWith`): nothing in the simulation has a key.
 * What we leave out: the other controllers; the client's rate limits; one service account per controller.
 * Where to read upstream: kubernetes/kubernetes `cmd/kube-controller-manager/app/controllermanager.go`.
 */
import type { Controller, ManagerOptions, ManagerState } from '#cluster/client/controller.ts'
import { controllerManager } from '#cluster/client/controller.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import { serviceCIDRController } from './service-cidrs.ts'
import { csrApprovingController } from './certificates/csrapproving.ts'
import { csrCleanerController } from './certificates/csrcleaner.ts'
import type { Certify } from './certificates/csrsigning.ts'
import { csrSigningController } from './certificates/csrsigning.ts'
import { clusterRoleAggregationController } from './cluster-role-aggregation.ts'
import { cronJobController } from './cronjob/cronjob.ts'
import { daemonSetController } from './daemonset/daemonset.ts'
import { deploymentController } from './deployment/deployment.ts'
import { disruptionController } from './disruption/disruption.ts'
import { endpointsController } from './endpoints.ts'
import { endpointSliceController } from './endpointslice/endpointslice.ts'
import { garbageCollector, resourceMonitors } from './garbage-collector.ts'
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler/horizontalpodautoscaler.ts'
import { jobController } from './job/job.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpamController } from './node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle.ts'
import { ephemeralVolumeController } from './persistentvolume/ephemeral-volume.ts'
import { externalProvisioner } from './persistentvolume/external-provisioner.ts'
import { persistentVolumeBinder } from './persistentvolume/persistentvolume-binder.ts'
import { pvcProtectionController, pvProtectionController } from './persistentvolume/protection.ts'
import { podGcController } from './pod-gc.ts'
import { replicaSetController } from './replicaset/replicaset.ts'
import { resourceQuotaController } from './resource-quota.ts'
import { rootCaCertificatePublisher } from './service-account/root-ca-certificate-publisher.ts'
import { serviceAccountController } from './service-account/service-account.ts'
import { statefulSetController } from './statefulset/statefulset.ts'
import { taintEvictionController } from './taint-eviction.ts'
import { ttlController } from './ttl.ts'
import { ttlAfterFinishedController } from './ttl-after-finished.ts'

export interface KubeControllerManagerOptions extends ManagerOptions {
  readonly servers: readonly ProcessId[]
  /** Names of controllers to leave out, such as `replicaset`. */
  readonly disabled?: readonly string[]
  /** The range from which nodes get their podCIDR. Default 10.244.0.0/16. */
  readonly clusterCIDR?: string
}

export const controllers: readonly Controller[] = [
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  podGcController,
  garbageCollector,
  resourceMonitors,
  namespaceController,
  deploymentController,
  replicaSetController,
  endpointSliceController,
  endpointsController,
  persistentVolumeBinder,
  externalProvisioner,
  ephemeralVolumeController,
  serviceAccountController,
  rootCaCertificatePublisher,
  pvcProtectionController,
  pvProtectionController,
  resourceQuotaController,
  clusterRoleAggregationController,
  jobController,
  ttlAfterFinishedController,
  cronJobController,
  disruptionController,
  daemonSetController,
  statefulSetController,
  horizontalPodAutoscalerController,
  csrApprovingController,
  csrCleanerController,
  serviceCIDRController,
  ttlController,
]

/** What a whole control plane has beside: accounts for Pods, who lets go of volumes, and who makes Pods of the other kinds. */
export const FULL_CHAIN_CONTROLLERS: readonly string[] = controllers
  .filter(({ offByDefault }) => offByDefault)
  .map(({ name }) => name)

export const kubeControllerManager: Component<ManagerState, KubeControllerManagerOptions> = controllerManager(
  'kube-controller-manager',
  controllers,
)

/** The same, with the key of a cluster: it signs what has been approved. */
export const kubeControllerManagerWith = (certify: Certify): Component<ManagerState, KubeControllerManagerOptions> =>
  controllerManager('kube-controller-manager', [...controllers, csrSigningController(certify)])
