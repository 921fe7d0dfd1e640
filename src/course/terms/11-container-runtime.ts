/** The words that the lesson “The container runtime” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'container-runtime',
    'container runtime',
    'entorno de ejecución de contenedores',
    'The program on each node that pulls images and makes sandboxes and containers when the kubelet asks by the CRI: containerd or CRI-O, for example. It has an OCI runtime make the process itself.',
    'El programa de cada nodo que descarga imágenes y crea sandboxes y contenedores cuando el kubelet lo pide por la CRI: containerd o CRI-O, por ejemplo. El proceso mismo lo crea un entorno OCI.',
  ],
  [
    'cri',
    'CRI',
    'CRI',
    'Container Runtime Interface: the gRPC calls by which the kubelet asks for images (ImageService) and for sandboxes and containers (RuntimeService).',
    'Container Runtime Interface: las llamadas gRPC con las que el kubelet pide imágenes (ImageService) y sandboxes y contenedores (RuntimeService).',
  ],
  [
    'image',
    'image',
    'imagen',
    'The files that a container starts from, and how to start it. Its name is a registry, a repository, and a tag, which can be moved, or a digest, which means one content for ever.',
    'Los archivos con los que arranca un contenedor y la manera de arrancarlo. Su nombre es un registro, un repositorio y una etiqueta, que se puede mover, o un digest, que designa siempre el mismo contenido.',
  ],
  [
    'oci',
    'OCI',
    'OCI',
    'Open Container Initiative: the standards for images, for registries and for the programs that make a container’s process, such as runc, crun or runsc.',
    'Open Container Initiative: los estándares de las imágenes, de los registros y de los programas que crean el proceso de un contenedor, como runc, crun o runsc.',
  ],
  [
    'sandbox',
    'Pod sandbox',
    'sandbox del Pod',
    'What the container runtime makes first for a Pod: its namespaces, held by the pause container, with the network connected. Containers start inside it.',
    'Lo primero que el entorno de ejecución crea para un Pod: sus espacios de nombres, sostenidos por el contenedor pause, con la red conectada. Los contenedores arrancan dentro.',
  ],
]
