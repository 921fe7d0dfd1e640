/** The words that the lesson “The container runtime” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'cri',
    'CRI',
    'CRI',
    'Container Runtime Interface: the gRPC calls by which the kubelet asks for images (ImageService) and for sandboxes and containers (RuntimeService).',
    'Container Runtime Interface: las llamadas gRPC con las que el kubelet pide imágenes (ImageService) y sandboxes y contenedores (RuntimeService).',
  ],
  [
    'sandbox',
    'Pod sandbox',
    'sandbox del Pod',
    'What the container runtime makes first for a Pod: its namespaces, held by the pause container, with the network connected. Containers start inside it.',
    'Lo primero que el entorno de ejecución crea para un Pod: sus espacios de nombres, sostenidos por el contenedor pause, con la red conectada. Los contenedores arrancan dentro.',
  ],
]
