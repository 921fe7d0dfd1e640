/**
 * Types that pages find in their surroundings: Astro's own, and the route that Starlight keeps in `Astro.locals`.
 */
/// <reference types="astro/client" />
/// <reference types="@astrojs/starlight" />
