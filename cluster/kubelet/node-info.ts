/**
 * What a kubelet tells of its machine: numbers that name it, and what runs on it.
 *
 * What the real one does: reads `/etc/machine-id`, the firmware's UUID, `/proc/sys/kernel/random/boot_id` and `uname`, and asks the runtime.
 * What we model: numbers that follow from the machine's name, so that they are the same in every run and in every checkpoint.
 * What we leave out: a boot ID that is another after the machine was off.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/nodestatus/setters.go` (MachineInfo, VersionInfo).
 */
import { hashString } from '#cluster/kernel/random.ts'

const RUNTIME = 'containerd://2.1.0'
/** As `uname -r` says it on these machines. */
const KERNEL = '6.12.0-clusterwright'

/** 32 digits that belong to a name and to a purpose. */
const digits = (name: string, purpose: string): string =>
  [0, 1, 2, 3].map((part) => hashString(`${purpose} ${part} of ${name}`).toString(16).padStart(8, '0')).join('')

/** The same as a UUID of version 4. */
const uuid = (name: string, purpose: string): string =>
  digits(name, purpose).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5')

export const nodeInfoOf = (nodeName: string): Readonly<Record<string, string>> =>
  Object.freeze({
    machineID: digits(nodeName, 'machine'),
    systemUUID: uuid(nodeName, 'system'),
    bootID: uuid(nodeName, 'boot'),
    kernelVersion: KERNEL,
    osImage: 'Clusterwright Linux',
    containerRuntimeVersion: RUNTIME,
    kubeletVersion: 'v1.36.0',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  })
