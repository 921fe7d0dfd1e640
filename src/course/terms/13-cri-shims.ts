/** The words that the lesson “CRI shims” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'cri-shim',
    'CRI shim',
    'adaptador CRI (shim)',
    'A server that takes the kubelet’s CRI calls and passes them on to a runtime with another interface, as cri-dockerd does for Docker Engine. containerd and CRI-O need none.',
    'Un servidor que recibe las llamadas CRI del kubelet y las traduce para un entorno de ejecución con otra interfaz, como hace cri-dockerd con Docker Engine. containerd y CRI-O no necesitan ninguno.',
  ],
]
