/** What a browser needs to install the course as an application. */
import type { APIRoute } from 'astro'
import { asset, base } from '../course/links.ts'

const icon = (file: string, sizes: string, type: string, purpose = 'any') => ({
  src: asset(file),
  sizes,
  type,
  purpose,
})

const manifest = {
  name: 'Clusterwright',
  short_name: 'Clusterwright',
  description: 'Learn how Kubernetes works by building it.',
  id: base(),
  start_url: base(),
  scope: base(),
  display: 'standalone',
  background_color: '#fbf9f5',
  theme_color: '#fbf9f5',
  categories: ['education', 'developer'],
  icons: [
    icon('favicon.svg', 'any', 'image/svg+xml'),
    icon('icons/192.png', '192x192', 'image/png'),
    icon('icons/512.png', '512x512', 'image/png'),
    icon('icons/maskable-512.png', '512x512', 'image/png', 'maskable'),
  ],
}

export const GET: APIRoute = () =>
  new Response(`${JSON.stringify(manifest, null, 2)}\n`, { headers: { 'Content-Type': 'application/manifest+json' } })
